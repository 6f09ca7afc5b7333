package dashboard

import "encoding/json"

// The form of a Grafana dashboard, schemaVersion 39 (Grafana 11; later ones bring it up
// to date as they read it): what this package writes and checks of it.
type grafanaFile struct {
	UID           string             `json:"uid"`
	Title         string             `json:"title"`
	Description   string             `json:"description"`
	Tags          []string           `json:"tags"`
	SchemaVersion int                `json:"schemaVersion"`
	Editable      bool               `json:"editable"`
	GraphTooltip  int                `json:"graphTooltip"`
	Timezone      string             `json:"timezone"`
	Time          grafanaTime        `json:"time"`
	Refresh       any                `json:"refresh"`
	Annotations   grafanaAnnotations `json:"annotations"`
	Templating    grafanaTemplating  `json:"templating"`
	Panels        []grafanaPanel     `json:"panels"`
	Links         []json.RawMessage  `json:"links"`
}

type grafanaTime struct {
	From string `json:"from"`
	To   string `json:"to"`
}

type grafanaAnnotations struct {
	List []grafanaAnnotation `json:"list"`
}

type grafanaAnnotation struct {
	Name        string `json:"name"`
	Datasource  any    `json:"datasource"`
	Enable      bool   `json:"enable"`
	IconColor   string `json:"iconColor"`
	Expr        string `json:"expr"`
	Step        string `json:"step"`
	TitleFormat string `json:"titleFormat"`
	TextFormat  string `json:"textFormat"`
	TagKeys     string `json:"tagKeys"`
}

type grafanaSource struct {
	Type string `json:"type"`
	UID  string `json:"uid"`
}

type grafanaTemplating struct {
	List []grafanaVariable `json:"list"`
}

type grafanaVariable struct {
	Type        string          `json:"type"`
	Name        string          `json:"name"`
	Label       string          `json:"label"`
	Description string          `json:"description,omitempty"`
	Datasource  any             `json:"datasource,omitempty"`
	Definition  string          `json:"definition,omitempty"`
	Query       json.RawMessage `json:"query"` // an object of a query variable, else text
	Refresh     int             `json:"refresh"`
	Sort        int             `json:"sort,omitempty"`
	Multi       bool            `json:"multi,omitempty"`
	IncludeAll  bool            `json:"includeAll,omitempty"`
	AllValue    string          `json:"allValue,omitempty"`
	Current     json.RawMessage `json:"current,omitempty"`
}

type grafanaAsk struct {
	Query string `json:"query"`
	RefID string `json:"refId"`
}

type grafanaPanel struct {
	ID              int                     `json:"id"`
	Type            string                  `json:"type"`
	Title           string                  `json:"title"`
	Description     string                  `json:"description,omitempty"`
	GridPos         grafanaPos              `json:"gridPos"`
	Collapsed       *bool                   `json:"collapsed,omitempty"` // of a row
	Panels          []grafanaPanel          `json:"panels,omitempty"`    // of a collapsed row
	Datasource      any                     `json:"datasource,omitempty"`
	Targets         []grafanaTarget         `json:"targets,omitempty"`
	FieldConfig     *grafanaFields          `json:"fieldConfig,omitempty"`
	Options         map[string]any          `json:"options,omitempty"`
	Transformations []grafanaTransformation `json:"transformations,omitempty"`
}

type grafanaPos struct {
	H int `json:"h"`
	W int `json:"w"`
	X int `json:"x"`
	Y int `json:"y"`
}

type grafanaTarget struct {
	RefID        string `json:"refId"`
	Datasource   any    `json:"datasource"`
	Expr         string `json:"expr"`
	Instant      bool   `json:"instant"`
	Range        bool   `json:"range"`
	Format       string `json:"format"`
	LegendFormat string `json:"legendFormat"`
}

type grafanaFields struct {
	Defaults  grafanaDefaults   `json:"defaults"`
	Overrides []grafanaOverride `json:"overrides"`
}

type grafanaDefaults struct {
	Unit   string         `json:"unit"`
	Custom map[string]any `json:"custom,omitempty"`
}

type grafanaOverride struct {
	Matcher    grafanaOption     `json:"matcher"`
	Properties []grafanaProperty `json:"properties"`
}

type grafanaOption struct {
	ID      string `json:"id"`
	Options any    `json:"options"`
}

type grafanaProperty struct {
	ID    string `json:"id"`
	Value any    `json:"value"`
}

type grafanaTransformation struct {
	ID      string         `json:"id"`
	Options map[string]any `json:"options"`
}
