//go:build linux

package main

import (
	"errors"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// Killing is repeated for killTime at most. A process in an uninterruptible
// system call, of a broken file system say, can outlast it.
const killTime = 4 * time.Second

var errUnknown = errors.New("an unknown request")

// stopAll ends all other processes of the container. One kill reaches all that
// exist, under the kernel's lock of its process list, and a fork fails when a
// signal is pending: so not even a fork bomb outruns it for long.
func stopAll(grace time.Duration) error {
	if grace > 0 {
		_ = unix.Kill(-1, unix.SIGTERM) // an error says that there is nobody
		for until := time.Now().Add(grace); ; time.Sleep(5 * time.Millisecond) {
			n, err := others()
			if err != nil {
				return err
			}
			if n == 0 {
				return nil
			}
			if !time.Now().Before(until) {
				break
			}
		}
	}
	for until := time.Now().Add(killTime); ; time.Sleep(200 * time.Microsecond) {
		_ = unix.Kill(-1, unix.SIGKILL)
		n, err := others()
		switch {
		case err != nil:
			return err
		case n == 0:
			return nil
		case time.Now().After(until):
			return errors.New(strconv.Itoa(n) + " processes cannot be killed")
		}
	}
}

// others is how many processes there are beside this one. Zombies count: a
// process whose main thread has ended looks like one while its other threads run.
func others() (int, error) {
	n, own := 0, strconv.Itoa(unix.Getpid())
	err := eachEntry("/proc", func(name []byte) {
		if name[0] >= '1' && name[0] <= '9' && string(name) != own {
			n++
		}
	})
	return n, err
}

var entries [32 << 10]byte // of eachEntry: nothing is allocated while a bomb is fought

// eachEntry calls see with the name of each entry of a directory.
func eachEntry(dir string, see func(name []byte)) error {
	fd, err := unix.Open(dir, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return errors.New("opening " + dir + ": " + err.Error())
	}
	defer unix.Close(fd)
	for {
		n, err := unix.Getdents(fd, entries[:])
		if err != nil {
			return errors.New("reading " + dir + ": " + err.Error())
		}
		if n == 0 {
			return nil
		}
		eachName(entries[:n], see)
	}
}

// eachName reads what getdents64(2) gives: a record has its length at byte 16
// and its name, which a zero byte ends, from byte 19 on.
func eachName(records []byte, see func(name []byte)) {
	for len(records) > 19 {
		size := int(records[16]) | int(records[17])<<8
		if size <= 19 || size > len(records) {
			return
		}
		name := records[19:size]
		for i, c := range name {
			if c == 0 {
				name = name[:i]
				break
			}
		}
		if len(name) > 0 && string(name) != "." && string(name) != ".." {
			see(name)
		}
		records = records[size:]
	}
}
