package report

import "testing"

func TestNumbers(t *testing.T) {
	for _, tt := range []struct{ got, want string }{
		{dollars(0), "$0"},
		{dollars(0.00001), "<$0.0001"},
		{dollars(0.0617), "$0.0617"},
		{dollars(0.09994), "$0.0999"},
		{dollars(0.09996), "$0.10"},
		{dollars(0.256), "$0.26"},
		{dollars(1.2567), "$1.26"},
		{dollars(99.994), "$99.99"},
		{dollars(99.996), "$100"},
		{dollars(120), "$120"},
		{dollars(1204.4), "$1,204"},
		{dollars(1234567), "$1,234,567"},
		{dollars(-1.2), "−$1.20"},

		{tokens(0), "0"},
		{tokens(950), "950"},
		{tokens(999.6), "1.00k"},
		{tokens(41300), "41.3k"},
		{tokens(999_950), "1.00M"},
		{tokens(2_880_000), "2.88M"},
		{tokens(12_940_000), "12.9M"},
		{tokens(1_204_000_000), "1.20B"},

		{count(68), "68"},
		{count(9.96), "10.0"},
		{count(119.4), "119"},
		{count(1204), "1,204"},

		{duration(0), "0.0 s"},
		{duration(3.14), "3.1 s"},
		{duration(9.96), "10 s"},
		{duration(41.2), "41 s"},
		{duration(59.6), "1.0 min"},
		{duration(2208), "36.8 min"},
		{duration(9000), "2.5 h"},

		{percent(0), "0%"},
		{percent(1), "100%"},
		{percent(0.995), "99.5%"},
		{percent(0.9996), "100.0%"}, // not all: the decimal says so
		{percent(0.7), "70.0%"},
		{percent(0.0172), "1.7%"},
		{percent(0.0085), "0.85%"},
		{percent(0.00996), "1.0%"},

		{points(-0.2), "−20.0 pts"},
		{points(-0.0004), "0.0 pts"}, // never −0.0
		{ratioChange(1.25), "+25.0%"},
		{ratioChange(0.968), "−3.2%"},
		{ratioChange(1), "0.0%"},
		{ratioChange(2.4), "×2.40"},
		{span(0.9, 1.7, true), "−10.0% to +70.0%"},
		{span(0.98, 2.41, true), "×0.98 to ×2.41"},
		{span(-0.35, -0.04, false), "−35.0 to −4.0 pts"},

		{plural(1, "trial"), "1 trial"},
		{plural(0, "trial"), "0 trials"},
		{known(nil, dollars), "not known"},
	} {
		if tt.got != tt.want {
			t.Errorf("got %q, want %q", tt.got, tt.want)
		}
	}
}

func TestShortenKeepsBothEnds(t *testing.T) {
	for _, tt := range []struct {
		in   string
		w    int
		want string
	}{
		{"parse-stack", 11, "parse-stack"},
		{"schemelike-metacircular-eval", 21, "schemelike…cular-eval"},
		{"日本語の課題", 7, "日…課題"},
		{"abc", 1, "…"},
	} {
		got := shorten(tt.in, tt.w)
		if got != tt.want {
			t.Errorf("shorten(%q, %d) = %q, want %q", tt.in, tt.w, got, tt.want)
		}
		if w := displayWidth(got); w > tt.w {
			t.Errorf("shorten(%q, %d) takes %d columns", tt.in, tt.w, w)
		}
	}
}
