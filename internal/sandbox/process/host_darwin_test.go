package process_test

import "syscall"

const findsByEnvironment = false

func ownGroup() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
