package dashboard

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// promUse is what a PromQL expression refers to.
type promUse struct {
	metrics   []string
	variables []string // of Grafana, without the dollar
}

var (
	// promParts are the parts of an expression that matter here, the first that fits:
	// text, what is in braces, the labels of a grouping, durations, names, signs.
	promParts = regexp.MustCompile("\"(?:[^\"\\\\]|\\\\.)*\"|'(?:[^'\\\\]|\\\\.)*'|`[^`]*`|" +
		`\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^()]*\)|` +
		`\$\{[^}]*\}|\$\w+|\d[\w.]*|[a-zA-Z_:][\w:]*|[()\[\]{}]`)
	grafanaUse = regexp.MustCompile(`\$\{(\w+)[^}]*\}|\$(\w+)|\[\[(\w+)[^\]]*\]\]`)
	promWords  = []string{"and", "or", "unless", "bool", "offset", "inf", "nan", "atan2", "by", "without", "on", "ignoring", "group_left", "group_right", "start", "end"}
	pairs      = map[string]string{")": "(", "]": "[", "}": "{"}
	ofGrafana  = []string{"__range", "__range_s", "__range_ms", "__interval", "__interval_ms", "__rate_interval", "__from", "__to", "timeFilter"}
)

// scanPromQL finds the metrics and variables of an expression, and brackets without
// their other half. It is no parser: Prometheus itself says more when it is asked.
func scanPromQL(expression string) (promUse, error) {
	var use promUse
	for _, m := range grafanaUse.FindAllStringSubmatch(expression, -1) {
		if name := m[1] + m[2] + m[3]; !slices.Contains(ofGrafana, name) {
			use.variables = append(use.variables, name)
		}
	}
	var open []string
	found := promParts.FindAllStringIndex(expression, -1)
	for i, place := range found {
		part := expression[place[0]:place[1]]
		switch {
		case strings.Contains("([{", part):
			open = append(open, part)
		case pairs[part] != "":
			if len(open) == 0 || open[len(open)-1] != pairs[part] {
				return use, fmt.Errorf("character %d: %s closes nothing", len([]rune(expression[:place[0]]))+1, part)
			}
			open = open[:len(open)-1]
		case slices.Contains(open, "{") || slices.Contains(open, "["): // labels, a duration
		case isMetric(part) && !called(expression, found, i):
			use.metrics = append(use.metrics, part)
		}
	}
	if len(open) > 0 {
		return use, fmt.Errorf("%s is not closed", open[len(open)-1])
	}
	return use, nil
}

func isMetric(part string) bool {
	return strings.ContainsAny(part[:1], "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_:") &&
		!strings.ContainsAny(part, "( ") && !slices.Contains(promWords, strings.ToLower(part))
}

// called reports whether a name is that of a function or aggregation: a parenthesis
// follows, or a grouping.
func called(expression string, found [][]int, i int) bool {
	rest := strings.TrimLeft(expression[found[i][1]:], " \t\r\n")
	if strings.HasPrefix(rest, "(") {
		return true
	}
	if i+1 == len(found) {
		return false
	}
	next := expression[found[i+1][0]:found[i+1][1]]
	return strings.HasPrefix(rest, next) && (strings.HasPrefix(next, "by") || strings.HasPrefix(next, "without")) && strings.HasSuffix(next, ")")
}
