package agent

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// telemetryEnvironment makes a program that knows OpenTelemetry's standard variables
// send everything to the endpoint.
func telemetryEnvironment(endpoint, id string) map[string]string {
	return map[string]string{
		"OTEL_METRICS_EXPORTER":       "otlp",
		"OTEL_LOGS_EXPORTER":          "otlp",
		"OTEL_TRACES_EXPORTER":        "otlp",
		"OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
		"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint,
		// In milliseconds; short, because what is not sent when a program is
		// killed is lost.
		"OTEL_METRIC_EXPORT_INTERVAL":                       "1000",
		"OTEL_LOGS_EXPORT_INTERVAL":                         "1000",
		"OTEL_TRACES_EXPORT_INTERVAL":                       "1000",
		"OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE": "delta",
		resourceVariable:                                    "benchgate.trial=" + resourceValue(id),
	}
}

const resourceVariable = "OTEL_RESOURCE_ATTRIBUTES"

// resourceValue keeps a value free of the characters that separate
// OTEL_RESOURCE_ATTRIBUTES.
func resourceValue(v string) string {
	return strings.NewReplacer(",", "_", "=", "_", " ", "_", "%", "_").Replace(v)
}

// Led is where any agent of the table that a command starts is led: with its requests
// to the meter and with its telemetry to the receiver, under the name ID.
type Led struct {
	MeterURL, OTLPURL, ID string

	// Logins are the names of the APIs without a placeholder for the key: there the
	// agent logs in as it would without a meter.
	Logins []string
}

// Command is the command with what an agent has to be told by arguments. One that is
// started by a script, and not as the command itself, is not told.
func (l Led) Command(argv []string) []string {
	for _, row := range Table() {
		if row.LeadArguments != nil && filepath.Base(argv[0]) == row.Program {
			return slices.Concat(argv[:1], row.LeadArguments(l), argv[1:])
		}
	}
	return argv
}

// Environment is the environment (as os.Environ gives it) for the command. Addresses
// and secrets of model APIs and of other receivers are taken out; hosts that the user
// excepts from a proxy, and resource attributes, are kept.
func (l Led) Environment(environ []string) []string {
	lead := make(map[string]string)
	replaced := []string{"OTEL_SDK_DISABLED"}
	for _, row := range Table() {
		if row.Lead != nil {
			maps.Copy(lead, row.Lead(l.MeterURL, l.OTLPURL, l.ID))
		}
		if row.API != nil {
			replaced = append(replaced, row.API.Variables()...)
			if slices.Contains(l.Logins, row.API.Name) {
				delete(lead, row.API.KeyVariable)
			}
		}
	}
	keep(lead, environ, resourceVariable)
	keep(lead, environ, "NO_PROXY", "no_proxy")
	keep(lead, environ, "no_proxy", "NO_PROXY")
	var all []string
	for _, variable := range environ {
		name, _, _ := strings.Cut(variable, "=")
		_, isLead := lead[name]
		if !isLead && !slices.Contains(replaced, name) && !strings.HasPrefix(name, "OTEL_EXPORTER_OTLP_") {
			all = append(all, variable)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(lead)) {
		all = append(all, name+"="+lead[name])
	}
	return all
}

// keep puts the environment's own list of values before a variable's: that of the
// first of the names that has one.
func keep(lead map[string]string, environ []string, variable string, or ...string) {
	for _, name := range append([]string{variable}, or...) {
		for _, v := range environ {
			if value, is := strings.CutPrefix(v, name+"="); is && value != "" {
				lead[variable] = value + "," + lead[variable]
				return
			}
		}
	}
}
