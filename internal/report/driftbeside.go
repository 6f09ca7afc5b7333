package report

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/benchgate/benchgate/gate"
)

// driftNames are what people call the keys of changes.
var driftNames = map[string]string{
	"variant.agent.version": "agent version", "prices": "prices", "host": "runner", "models": "answering models", "benchgate": "benchgate",
}

// driftBeside says in lines what changed with the alarms that hold, and of the
// newest one that ended how it did.
func driftBeside(r gate.DriftReport) []string {
	var lines []string
	for _, a := range r.Alarms {
		if a.Ended != "" {
			continue
		}
		if with := around(r, a.Since, a.Found); len(with) > 0 {
			lines = append(lines, "Changed with the "+driftMetricName(a.Metric)+": "+strings.Join(with, "; "))
		} else {
			lines = append(lines, "Changed with the "+driftMetricName(a.Metric)+": neither agent version, prices, lock, limits nor runner")
		}
	}
	if n := len(r.Alarms); n > 0 && r.Alarms[n-1].Ended != "" {
		lines = append(lines, DriftEnd(r))
	}
	return lines
}

// DriftEnd says how the newest alarm ended; empty: there was none, or it holds.
func DriftEnd(r gate.DriftReport) string {
	if len(r.Alarms) == 0 {
		return ""
	}
	a := r.Alarms[len(r.Alarms)-1]
	if a.Ended == "" {
		return ""
	}
	text := fmt.Sprintf("The alarm of the %s since %s ended in the night of %s: as much speaks for \"as it was\" as spoke against it",
		driftMetricName(a.Metric), nightOf(r, a.Since), nightOf(r, a.Ended))
	if with := around(r, afterFound(r, a), a.Ended); len(with) > 0 {
		text += "; since it was found: " + strings.Join(with, "; ")
	}
	return text
}

func driftMetricName(metric string) string {
	if metric == "cost" {
		return "cost"
	}
	return "pass rate"
}

// mostBeside are the changes that are named.
const mostBeside = 6

// around are the changes from the night before one to another. The first night of
// a change is an estimate, which one more night allows for.
func around(r gate.DriftReport, from, to string) []string {
	first, last := placeOf(r, from)-1, placeOf(r, to)
	var out []string
	for _, c := range r.Changes {
		if at := placeOf(r, c.Night); at < first || at > last {
			continue
		}
		out = append(out, fmt.Sprintf("%s %s → %s (%s)", driftName(c.Key), plain(c.Before, maxName), plain(c.After, maxName), nightOf(r, c.Night)))
	}
	if rest := len(out) - mostBeside; rest > 0 {
		out = append(out[:mostBeside], fmt.Sprintf("and %s more", count(float64(rest))))
	}
	return out
}

// afterFound is the night after the one that found the alarm, whose changes the
// alarm has already.
func afterFound(r gate.DriftReport, a gate.DriftSpan) string {
	at := min(placeOf(r, a.Found)+2, placeOf(r, a.Ended))
	return r.Nights[max(at, 0)].ID
}

func driftName(key string) string {
	if name, has := driftNames[key]; has {
		return name
	}
	if task, is := strings.CutPrefix(key, "suite.digest"); is {
		return strings.TrimSpace("lock " + plain(task, maxName))
	}
	return plain(key, maxName)
}

func placeOf(r gate.DriftReport, id string) int {
	return slices.IndexFunc(r.Nights, func(n gate.DriftNight) bool { return n.ID == id })
}

func nightOf(r gate.DriftReport, id string) string {
	if at := placeOf(r, id); at >= 0 {
		return r.Nights[at].Created.UTC().Format(time.DateOnly)
	}
	return notKnown
}

// DriftTitle is the report's headline in at most 80 characters, for a list of
// issues.
func DriftTitle(r gate.DriftReport) string { return clip(uncapital(driftHeadline(r)), maxTitle) }

// mostStrip are the nights that a strip shows, the newest.
const mostStrip = 60

// nightStrip draws the pass rates, a character a night; a dot where it is not
// known.
func nightStrip(nights []gate.DriftNight) string {
	levels := []rune("▁▂▃▄▅▆▇█")
	var b strings.Builder
	for _, n := range nights[max(0, len(nights)-mostStrip):] {
		if n.PassRate == nil {
			b.WriteRune('·')
			continue
		}
		b.WriteRune(levels[min(max(int(math.Round(*n.PassRate*7)), 0), 7)])
	}
	return b.String()
}

// DriftMarkdown is the report in GitHub's Markdown, in at most so many bytes.
func DriftMarkdown(r gate.DriftReport, most int) string {
	for _, full := range []bool{true, false} {
		if text := driftMarkdown(r, full); len(text) <= most {
			return text
		}
	}
	return cutBytes("### "+escape(driftHeadline(r))+"\n", most)
}

func driftMarkdown(r gate.DriftReport, full bool) string {
	m := &markdown{}
	sign := map[gate.DriftState]string{gate.DriftFound: "❌ ", gate.DriftSteady: "✅ "}[r.State]
	if sign == "" {
		sign = "◽ "
	}
	m.block("### " + sign + escape(driftHeadline(r)))
	m.block(escape(driftAbout(r)))
	var rows [][]string
	for _, row := range driftRows(r) {
		for i := range row {
			row[i] = unbroken(escape(row[i]))
		}
		rows = append(rows, row)
	}
	if rows != nil {
		m.rows("lrrrrl", driftTitles, rows)
	}
	if full {
		m.bullets("", driftBeside(r), mostBeside)
	}
	if rows != nil && full {
		m.block("Solved, night by night: `" + nightStrip(r.Nights) + "`")
	}
	if next := driftNext(r); next != "" {
		m.block("**Next:** " + escape(next))
	}
	if r.State != gate.DriftLearning {
		m.block("<sub>" + escape(driftChance()) + "</sub>")
	}
	return m.String()
}
