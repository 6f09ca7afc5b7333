package dashboard

import (
	"slices"
	"strings"
	"testing"
)

func TestFiltersAreRead(t *testing.T) {
	for expression, want := range map[string]string{
		"": "",
		"model IN $model AND session.id IN $session":                "model session",
		"model in $model service.name in $service_name":             "model service_name", // beside each other: AND
		"NOT (a = 'x' OR b != \"it's\") AND c NOT IN ['1', $two]":   "two",
		"status BETWEEN 400 AND 499 AND error EXISTS":               "",
		"body CONTAINS 'it is \\' quoted' and x NOT EXISTS":         "",
		"'full text' timeout has(tags, 'x') hasAny(ids, [1, $ids])": "ids",
		"a.b[].c >= -1.5e3 OR search('x', body)":                    "",
	} {
		variables, err := readFilter(expression)
		if err != nil {
			t.Errorf("%s: %v", expression, err)
		}
		if got := strings.Join(variables, " "); got != want {
			t.Errorf("%s uses %q, want %q", expression, got, want)
		}
	}
}

func TestMistakesInFiltersAreFound(t *testing.T) {
	for expression, want := range map[string]string{
		"model IN ((":               `character 11, "(": want a value`,
		"model IN":                  "it ends too early, want a value",
		"model IN ($a, ) AND x = 1": `character 15, ")": want a value`,
		"(a = 1":                    "it ends too early, want )",
		"a = 1)":                    `character 6, ")": want AND, OR or the end`,
		"a = 1 AND":                 "it ends too early, want a condition",
		"a = 'open":                 `character 5, "'": a quote without its end, or a sign of no use here`,
		"ä = = 1":                   `character 3, "=": want a condition`,
		"a NOT = 1":                 `character 7, "=": want IN, EXISTS, LIKE, ILIKE, BETWEEN, REGEXP or CONTAINS after NOT`,
		"$model":                    "$model stands alone: want an attribute and an operator before it",
		"status BETWEEN 1 OR 2":     `character 18, "OR": want AND`,
		"has(tags 'x')":             `character 10, "'x'": want , or )`,
		strings.Repeat("(", 200):    `character 102, "(": want fewer parentheses in each other`,
	} {
		if _, err := readFilter(expression); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", expression, err, want)
		}
	}
}

func TestPromQLIsScanned(t *testing.T) {
	for expression, want := range map[string]string{
		`sum by (type) (last_over_time(claude_code_token_usage_tokens_total{type=~"a|b}", model=~"$model"}[$__range]))`: "claude_code_token_usage_tokens_total / model",
		`sum(rate(a{b="c"}[5m] offset 1h)) by (le) / on (x) group_left (y) b unless c`:                                  "a b c / ",
		`histogram_quantile(0.95, d:e_bucket{x="${run:regex}"}) or 0 * up > bool 1e3`:                                   "d:e_bucket up / run",
	} {
		use, err := scanPromQL(expression)
		if err != nil {
			t.Errorf("%s: %v", expression, err)
		}
		if got := strings.Join(use.metrics, " ") + " / " + strings.Join(use.variables, " "); got != want {
			t.Errorf("%s: %q, want %q", expression, got, want)
		}
	}
	for expression, want := range map[string]string{
		"sum(a":     "( is not closed",
		"sum(a{b)}": "character 8: ) closes nothing",
		"a]":        "character 2: ] closes nothing",
	} {
		if _, err := scanPromQL(expression); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", expression, err, want)
		}
	}
}

func FuzzFilter(f *testing.F) {
	for _, seed := range []string{"model IN $model AND (a = 'x' OR NOT b EXISTS)", "has(a, [1,2]) 'text' x NOT IN (1)", "ä = \"", "a BETWEEN 1 AND 2"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, expression string) {
		variables, err := readFilter(expression)
		if err != nil {
			return
		}
		for _, name := range variables { // what is said to be there is there
			if !strings.Contains(expression, "$"+name) {
				t.Errorf("%q does not use $%s", expression, name)
			}
		}
		again, err := readFilter("(" + expression + ") AND x = 1")
		if expression != "" && strings.TrimSpace(expression) != "" && err != nil {
			t.Errorf("%q can be read, and not in parentheses: %v", expression, err)
		}
		if err == nil && !slices.Equal(again, variables) {
			t.Errorf("%q uses %v, and in parentheses %v", expression, variables, again)
		}
	})
}

func FuzzPromQL(f *testing.F) {
	f.Add(`sum by (a) (last_over_time(b{c=~"$d"}[$__range])) / (e or 0 * f)`)
	f.Add("a{b=`}`}[5m")
	f.Fuzz(func(t *testing.T, expression string) {
		use, err := scanPromQL(expression)
		for _, name := range append(use.metrics, use.variables...) {
			if err == nil && !strings.Contains(expression, name) {
				t.Errorf("%q does not have %s", expression, name)
			}
		}
	})
}
