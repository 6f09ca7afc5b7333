package docker

import (
	"encoding/json"
	"runtime"
	"testing"
)

func TestCallProfile(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("known on Linux only")
	}
	text, err := callProfile()
	if err != nil {
		t.Fatal(err)
	}
	var profile struct {
		DefaultAction string
		Syscalls      []struct {
			Names  []string
			Action string
		}
	}
	if err := json.Unmarshal([]byte(text), &profile); err != nil {
		t.Fatal(err)
	}
	names := make(map[string]int)
	for _, rule := range profile.Syscalls {
		for _, name := range rule.Names {
			if rule.Action == "SCMP_ACT_ALLOW" {
				names[name]++
			}
		}
	}
	if profile.DefaultAction != "SCMP_ACT_ERRNO" || names["read"] == 0 || names["socket"] == 0 || names["socketcall"] != 0 {
		t.Errorf("default %s; rules for read: %d, socket: %d, socketcall: %d", profile.DefaultAction, names["read"], names["socket"], names["socketcall"])
	}
}
