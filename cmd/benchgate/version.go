package main

import (
	"context"
	"fmt"
	"runtime/debug"
)

// release is set by the linker in released binaries.
var release = ""

// version is the release, else the module's version or commit, else "devel".
func version() string {
	if release != "" {
		return release
	}
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "devel"
	}
	return info.Main.Version
}

func versionVerb(_ context.Context, p *program, args []string) error {
	if len(args) > 0 {
		return usagef("version takes no arguments")
	}
	fmt.Fprintf(p.Stdout, "benchgate %s\n", version())
	return nil
}
