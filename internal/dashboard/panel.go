package dashboard

// show is how a panel shows what it found.
type show string

const (
	number show = "number" // one number
	lines  show = "lines"  // over time, a line a group
	bars   show = "bars"   // over time, stacked, a colour a group
	table  show = "table"  // a row a group
	list   show = "list"   // spans one by one
)

// unit is what numbers are of, by the name that SigNoz and Grafana share.
type unit string

const (
	usd          unit = "currencyUSD"
	share        unit = "percentunit" // 0 to 1
	seconds      unit = "s"
	milliseconds unit = "ms"
	count        unit = "none"
)

// panel is one panel of the dashboard, for both systems.
type panel struct {
	key, title string
	why        string // what it tells, and the surprising case: its description
	show       show
	unit       unit
	by         []string // attributes that make the groups, in the order of a table's columns
	terms      []term
	computed   []formula
	most       int // rows of a table, those with the greatest first number; 0: all

	// why Prometheus cannot answer it: the panel is left out of Grafana's
	// dashboard. Empty: it can.
	noMetric string
}

// term is one thing that is asked for.
type term struct {
	name   string // a capital letter, for formulas
	head   string // of a table's column; empty: it serves a formula only
	signal signal
	of     string // the metric, log event or span
	do     aggregate
	field  string // the attribute of a log event or span that is aggregated
	where  []condition
	unit   unit // of a table's column, where it is not the panel's
}

// aggregate is how many values become one.
type aggregate string

const (
	total    aggregate = "total" // metrics: over trials and agents
	howMany  aggregate = "count" // metrics: so many trials; else: so many events or spans
	average  aggregate = "avg"
	greatest aggregate = "max"
	p95      aggregate = "p95"
	none     aggregate = "" // of a list
)

// condition is about one attribute. Without values it only has to be there.
type condition struct {
	attribute string
	not       bool
	values    []string
}

func is(attribute string, values ...string) condition {
	return condition{attribute: attribute, values: values}
}

func isNot(attribute string, values ...string) condition {
	return condition{attribute: attribute, not: true, values: values}
}

// formula is computed of two or more terms: name = left op right op ...
type formula struct {
	name string
	head string
	op   string // / - +
	of   []string
	unit unit
}

// anySpan stands for all spans.
const anySpan = "*"

// row is a heading with panels below it.
type row struct {
	title  string
	panels []placed
}

// placed is a panel with its size, in twelfths of the width and in SigNoz's rows.
type placed struct {
	panel
	width, height int
}

// variable is what a dashboard is filtered by.
type variable struct{ name, attribute, why string }

// variables are shown on top, in this order.
var variables = []variable{
	{"model", model, "the model that the trial's variant asks for: filters all panels, also those of tool calls, active time and errors, which agents send without a model"},
	{"arm", arm, "candidate or baseline"},
	{"task", task, "the suite's task"},
	{"run", runID, "one run of benchgate"},
	{"session", session, "one session of an agent"},
}

// shown reports whether a term or formula is a number of its own.
func shown(head string) bool { return head != "" }
