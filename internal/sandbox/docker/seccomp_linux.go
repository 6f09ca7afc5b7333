package docker

import (
	"encoding/json"
	"fmt"
	"slices"
	"syscall"

	"github.com/moby/profiles/seccomp"
	"github.com/opencontainers/runtime-spec/specs-go"
)

const addressFamilyXDP = 44 // AF_XDP, which the package syscall does not have

// linkSockets are the socket domains that speak to a network card past the
// kernel's output filter, which is what bounds where a sandbox gets to. Raw
// sockets of IP go through it, and tasks use those.
var linkSockets = []uint64{syscall.AF_PACKET, addressFamilyXDP}

// callProfile is the profile of system calls that Docker gives its containers,
// without sockets of linkSockets. On 32-bit x86 a second call, socketcall, makes
// sockets too. Its arguments lie behind a pointer, where no profile sees them, and
// libseccomp allows it where it allows some sockets. So it is refused whole: by a
// rule, with another error than calls of no rule have, as that would be left out.
func callProfile() (string, error) {
	profile := seccomp.DefaultProfile()
	refused := 0
	for _, rule := range profile.Syscalls {
		rule.Names = slices.DeleteFunc(rule.Names, func(name string) bool { return name == "socketcall" })
	}
	profile.Syscalls = slices.DeleteFunc(profile.Syscalls, func(rule *seccomp.Syscall) bool {
		if len(rule.Names) == 0 {
			return true
		}
		link := rule.Action == specs.ActAllow && slices.Equal(rule.Names, []string{"socket"}) && len(rule.Args) == 1 &&
			rule.Args[0].Op == specs.OpEqualTo && slices.Contains(linkSockets, rule.Args[0].Value)
		if link {
			refused++
		}
		return link
	})
	if refused != len(linkSockets) {
		return "", fmt.Errorf("the profile of system calls is not as it was: %d of %d rules for sockets were found", refused, len(linkSockets))
	}
	noSuchCall := uint(syscall.ENOSYS)
	profile.Syscalls = append(profile.Syscalls, &seccomp.Syscall{
		LinuxSyscall: specs.LinuxSyscall{Names: []string{"socketcall"}, Action: specs.ActErrno, ErrnoRet: &noSuchCall},
	})
	text, err := json.Marshal(profile)
	return string(text), err
}
