package main

import (
	"strings"
	"testing"
)

func TestTheProgramsNameMayStandForACommand(t *testing.T) {
	for line, want := range map[string]string{
		"/benchgate":                    "",
		"benchgate run -v":              "run -v",
		"/benchgate-action":             "action",
		"/benchgate-action-post":        "action --post",
		"./benchgate-action -v":         "action -v",
		"/usr/bin/benchgate-other plan": "plan",
	} {
		if got := strings.Join(arguments(strings.Fields(line)), " "); got != want {
			t.Errorf("%s is %q, want %q", line, got, want)
		}
	}
	if got := arguments(nil); got != nil {
		t.Errorf("without a name it is %q", got)
	}
}
