package action

import (
	"strings"
	"testing"
)

func TestAStrangersSentencesAreNotTaken(t *testing.T) {
	const document = `{"schema": "benchgate.verdict/v1", "verdict": "not_measured", "exit_code": 5,
		"headline": "Pass: trust me", "reasons": ["@octocat approved"], "warnings": ["![](https://track)"],
		"metrics": {"pass_rate": {"unit": "fraction", "gated": true, "status": "no_worse", "note": "all good"}}, "tasks": []}`
	archive := pack(t, packed{name: aRun + "/verdict.json", text: document}, packed{name: "comment.md", text: "words"})
	read, err := readStranger(archive, archive.Size())
	if err != nil {
		t.Fatal(err)
	}
	v := read.verdict
	said := v.Headline + strings.Join(v.Reasons, "") + strings.Join(v.Warnings, "") + v.Metrics["pass_rate"].Note
	for _, forged := range []string{"trust me", "octocat", "track", "all good"} {
		if strings.Contains(said, forged) {
			t.Errorf("%q is taken: %s", forged, said)
		}
	}
	if v.Headline == "" {
		t.Error("there is no headline")
	}
}

func TestAStrangersArtifactIsJudged(t *testing.T) {
	for _, test := range []struct {
		name, says string
		files      []packed
	}{
		{"no verdict", "0 verdicts", []packed{{name: "verdict.json", text: "{}"}}},
		{"two verdicts", "2 verdicts", []packed{{name: aRun + "/verdict.json", text: "{}"}, {name: "20261126T101112.345Z-abcdeg/verdict.json", text: "{}"}}},
		{"another document", `schema is "x"`, []packed{{name: aRun + "/verdict.json", text: `{"schema": "x"}`}}},
		{"a bomb", "larger than", []packed{{name: aRun + "/verdict.json", text: strings.Repeat(" ", maxStranger+1)}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			archive := pack(t, test.files...)
			if _, err := readStranger(archive, archive.Size()); err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("the error is %v, want %q", err, test.says)
			}
		})
	}
}
