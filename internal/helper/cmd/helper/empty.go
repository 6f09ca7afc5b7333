//go:build linux

package main

import (
	"errors"
	"path"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// emptyTime is how long one path may take: an agent can have left any number of
// files there.
const emptyTime = 45 * time.Second

// openDir follows no link in the last element.
const openDir = unix.O_RDONLY | unix.O_DIRECTORY | unix.O_NOFOLLOW | unix.O_CLOEXEC

// makeEmpty makes a path an empty directory of that mode, whatever is there. No
// link is followed: one in the way, as any other thing that is no directory, is
// replaced by a directory.
func makeEmpty(place string, mode uint32) error {
	place = path.Clean("/" + place)
	if place == "/" {
		return errors.New("the root is not emptied")
	}
	dir, err := unix.Open("/", openDir, 0)
	if err != nil {
		return errors.New("opening the root: " + err.Error())
	}
	defer func() { unix.Close(dir) }()
	parents, name := path.Split(place)
	for _, element := range strings.FieldsFunc(parents, func(r rune) bool { return r == '/' }) {
		next, err := enter(dir, element)
		if err != nil {
			return errors.New("entering " + element + " of " + place + ": " + err.Error())
		}
		unix.Close(dir)
		dir = next
	}
	if err := replace(dir, name, mode); err != nil {
		return errors.New("emptying " + place + ": " + err.Error())
	}
	return nil
}

// enter opens a directory, which it makes when there is none.
func enter(dir int, name string) (int, error) {
	fd, err := unix.Openat(dir, name, openDir, 0)
	if err == nil {
		return fd, nil
	}
	if err != unix.ENOENT {
		if err := unix.Unlinkat(dir, name, 0); err != nil {
			return -1, err
		}
	}
	if err := unix.Mkdirat(dir, name, 0o755); err != nil {
		return -1, err
	}
	return unix.Openat(dir, name, openDir, 0)
}

// replace removes what there is and makes the directory. A mount point cannot be
// removed, and is only emptied.
func replace(dir int, name string, mode uint32) error {
	r := removal{until: time.Now().Add(emptyTime)}
	err := r.remove(dir, name)
	if err != nil && !errors.Is(err, unix.EBUSY) {
		return err
	}
	err = unix.Mkdirat(dir, name, mode)
	if err != nil && !errors.Is(err, unix.EEXIST) {
		return err
	}
	fd, err := unix.Openat(dir, name, openDir, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	left, err := list(fd)
	if err != nil {
		return err
	}
	if len(left) > 0 {
		return errors.New("something is still there: " + strconv.Quote(left[0]))
	}
	if err := unix.Fchown(fd, 0, 0); err != nil {
		return err
	}
	return unix.Fchmod(fd, mode)
}

// maxDepth is how deep remove goes; each level keeps a directory open. What is
// deeper is moved up.
const maxDepth = 64

// removal is the removal of one thing.
type removal struct {
	until time.Time
	top   int // the directory in which the thing is
	moved int
}

func (r *removal) remove(dir int, name string) error {
	r.top = dir
	err := r.below(dir, name, 0)
	for i := 0; err == nil && i < r.moved; i++ {
		err = r.below(dir, movedName(i), 0)
	}
	return err
}

// moveUp takes the next name when something has that already; remove removes
// what has it, too.
func (r *removal) moveUp(dir int, name string) error {
	for {
		err := unix.Renameat(dir, name, r.top, movedName(r.moved))
		r.moved++
		switch err {
		case unix.ENOTEMPTY, unix.EEXIST, unix.ENOTDIR:
		default:
			return err
		}
	}
}

func movedName(i int) string { return ".benchgate-removed-" + strconv.Itoa(i) }

func (r *removal) below(dir int, name string, depth int) error {
	err := unix.Unlinkat(dir, name, 0)
	if err == nil || err == unix.ENOENT {
		return nil
	}
	if err != unix.EISDIR && err != unix.EPERM { // POSIX says EPERM for a directory
		return err
	}
	if depth == maxDepth {
		return r.moveUp(dir, name)
	}
	fd, err := unix.Openat(dir, name, openDir, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	for {
		if time.Now().After(r.until) {
			return errors.New("it takes longer than " + emptyTime.String())
		}
		names, err := list(fd)
		if err != nil {
			return err
		}
		if len(names) == 0 {
			return unix.Unlinkat(dir, name, unix.AT_REMOVEDIR)
		}
		for _, name := range names {
			if err := r.below(fd, name, depth+1); err != nil {
				return err
			}
		}
	}
}

// list returns some of the names in a directory; none when it is empty.
func list(fd int) ([]string, error) {
	if _, err := unix.Seek(fd, 0, unix.SEEK_SET); err != nil {
		return nil, err
	}
	var names []string
	for len(names) == 0 {
		buffer := make([]byte, 16<<10)
		n, err := unix.Getdents(fd, buffer)
		if err != nil {
			return nil, err
		}
		if n == 0 {
			break
		}
		eachName(buffer[:n], func(name []byte) { names = append(names, string(name)) })
	}
	return names, nil
}
