package process_test

import "syscall"

const findsByEnvironment = true

func ownGroup() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
