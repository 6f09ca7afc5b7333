package dashboard

import "encoding/json"

// The form of a SigNoz dashboard, schema v6, as its server reads it: strictly. What
// this package neither writes nor checks is kept as it is.
type signozFile struct {
	SchemaVersion string      `json:"schemaVersion"`
	Image         string      `json:"image"`
	Name          string      `json:"name,omitempty"`
	GenerateName  bool        `json:"generateName,omitempty"`
	Tags          []signozTag `json:"tags"`
	Spec          signozSpec  `json:"spec"`
}

type signozTag struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

type signozSpec struct {
	Display         signozDisplay          `json:"display"`
	Variables       []signozVariable       `json:"variables"`
	Panels          map[string]signozPanel `json:"panels"`
	Layouts         []signozLayout         `json:"layouts"`
	Duration        string                 `json:"duration"`
	RefreshInterval string                 `json:"refreshInterval"`
	Links           json.RawMessage        `json:"links,omitempty"`
}

type signozDisplay struct {
	Name        string          `json:"name,omitempty"`
	Description string          `json:"description"`
	Hidden      json.RawMessage `json:"hidden,omitempty"`
}

type signozVariable struct {
	Kind string             `json:"kind"` // ListVariable, TextVariable
	Spec signozVariableSpec `json:"spec"`
}

type signozVariableSpec struct {
	Name            string          `json:"name"`
	Display         signozDisplay   `json:"display"`
	AllowAllValue   bool            `json:"allowAllValue,omitempty"`
	AllowMultiple   bool            `json:"allowMultiple,omitempty"`
	Sort            string          `json:"sort,omitempty"`
	Plugin          *signozSource   `json:"plugin,omitempty"`
	DefaultValue    json.RawMessage `json:"defaultValue,omitempty"`
	CustomAllValue  json.RawMessage `json:"customAllValue,omitempty"`
	CapturingRegexp json.RawMessage `json:"capturingRegexp,omitempty"`
	Value           json.RawMessage `json:"value,omitempty"`    // TextVariable
	Constant        json.RawMessage `json:"constant,omitempty"` // TextVariable
}

// signozSource says where a variable's values come from.
type signozSource struct {
	Kind string           `json:"kind"`
	Spec signozSourceSpec `json:"spec"`
}

type signozSourceSpec struct {
	Name        string          `json:"name,omitempty"` // an attribute
	Signal      string          `json:"signal,omitempty"`
	QueryValue  json.RawMessage `json:"queryValue,omitempty"`
	CustomValue json.RawMessage `json:"customValue,omitempty"`
}

type signozPanel struct {
	Kind string          `json:"kind"` // Panel
	Spec signozPanelSpec `json:"spec"`
}

type signozPanelSpec struct {
	Display signozDisplay   `json:"display"`
	Plugin  signozShow      `json:"plugin"`
	Queries []signozQuery   `json:"queries"`
	Links   json.RawMessage `json:"links,omitempty"`
}

type signozShow struct {
	Kind string         `json:"kind"`
	Spec signozShowSpec `json:"spec"`
}

type signozShowSpec struct {
	Visualization    *signozVisualization `json:"visualization,omitempty"`
	Formatting       *signozFormatting    `json:"formatting,omitempty"`
	SelectFields     []signozField        `json:"selectFields,omitempty"`
	ChartAppearance  json.RawMessage      `json:"chartAppearance,omitempty"`
	Axes             json.RawMessage      `json:"axes,omitempty"`
	Legend           json.RawMessage      `json:"legend,omitempty"`
	Thresholds       json.RawMessage      `json:"thresholds,omitempty"`
	HistogramBuckets json.RawMessage      `json:"histogramBuckets,omitempty"`
}

type signozVisualization struct {
	TimePreference  string `json:"timePreference,omitempty"`
	FillSpans       bool   `json:"fillSpans,omitempty"`
	StackedBarChart bool   `json:"stackedBarChart,omitempty"`
}

type signozFormatting struct {
	Unit             string            `json:"unit,omitempty"`        // not of a table
	ColumnUnits      map[string]string `json:"columnUnits,omitempty"` // of a table only
	DecimalPrecision string            `json:"decimalPrecision,omitempty"`
}

type signozQuery struct {
	Kind string          `json:"kind"` // scalar, time_series, raw
	Spec signozQuerySpec `json:"spec"`
}

type signozQuerySpec struct {
	Name   string          `json:"name,omitempty"`
	Plugin signozQueryKind `json:"plugin"`
}

// signozQueryKind is one query; its spec has the fields of all kinds.
type signozQueryKind struct {
	Kind string    `json:"kind"`
	Spec signozAsk `json:"spec"`
}

// signozAsk is what is asked: a builder query, a formula, text in a language, or
// several of these.
type signozAsk struct {
	Queries []signozPart `json:"queries,omitempty"` // CompositeQuery

	Name         string              `json:"name,omitempty"`
	StepInterval json.RawMessage     `json:"stepInterval,omitempty"`
	Signal       string              `json:"signal,omitempty"`
	Source       *string             `json:"source,omitempty"`
	Aggregations []signozAggregation `json:"aggregations,omitempty"`
	Expression   string              `json:"expression,omitempty"` // of a formula
	Query        string              `json:"query,omitempty"`      // PromQL, ClickHouse SQL
	Disabled     bool                `json:"disabled,omitempty"`
	Filter       *signozExpression   `json:"filter,omitempty"`
	GroupBy      []signozField       `json:"groupBy,omitempty"`
	Order        []signozOrder       `json:"order,omitempty"`
	SelectFields []signozField       `json:"selectFields,omitempty"`
	Limit        int                 `json:"limit,omitempty"`
	Having       *signozExpression   `json:"having,omitempty"`
	Legend       string              `json:"legend,omitempty"`

	Offset                json.RawMessage `json:"offset,omitempty"`
	Cursor                json.RawMessage `json:"cursor,omitempty"`
	LimitBy               json.RawMessage `json:"limitBy,omitempty"`
	Functions             json.RawMessage `json:"functions,omitempty"`
	SecondaryAggregations json.RawMessage `json:"secondaryAggregations,omitempty"`
	ReturnSpansFrom       json.RawMessage `json:"returnSpansFrom,omitempty"`
	Step                  json.RawMessage `json:"step,omitempty"`
	Stats                 json.RawMessage `json:"stats,omitempty"`
}

type signozPart struct {
	Type string    `json:"type"` // builder_query, builder_formula, promql, ...
	Spec signozAsk `json:"spec"`
}

type signozAggregation struct {
	MetricName       string  `json:"metricName,omitempty"`
	Temporality      *string `json:"temporality,omitempty"`
	TimeAggregation  string  `json:"timeAggregation,omitempty"`
	SpaceAggregation string  `json:"spaceAggregation,omitempty"`
	ReduceTo         string  `json:"reduceTo,omitempty"`

	Expression string `json:"expression,omitempty"` // of logs and traces
	Alias      string `json:"alias,omitempty"`

	ComparisonSpaceAggregationParam json.RawMessage `json:"comparisonSpaceAggregationParam,omitempty"`
	ValueFilter                     json.RawMessage `json:"valueFilter,omitempty"`
}

type signozExpression struct {
	Expression string `json:"expression"`
}

type signozField struct {
	Name          string          `json:"name"`
	Signal        string          `json:"signal,omitempty"`
	FieldContext  string          `json:"fieldContext,omitempty"`
	FieldDataType string          `json:"fieldDataType,omitempty"`
	Description   json.RawMessage `json:"description,omitempty"`
	Unit          json.RawMessage `json:"unit,omitempty"`
}

type signozOrder struct {
	Key       signozField `json:"key"`
	Direction string      `json:"direction"`
}

type signozLayout struct {
	Kind string           `json:"kind"` // Grid
	Spec signozLayoutSpec `json:"spec"`
}

type signozLayoutSpec struct {
	Display          signozLayoutDisplay `json:"display"`
	Items            []signozItem        `json:"items"`
	RepeatedVariable json.RawMessage     `json:"repeatVariable,omitempty"`
}

type signozLayoutDisplay struct {
	Title    string         `json:"title"`
	Collapse signozCollapse `json:"collapse"`
}

type signozCollapse struct {
	Open bool `json:"open"`
}

type signozItem struct {
	X       int       `json:"x"`
	Y       int       `json:"y"`
	Width   int       `json:"width"`
	Height  int       `json:"height"`
	Content signozRef `json:"content"`
}

type signozRef struct {
	Ref string `json:"$ref"`
}
