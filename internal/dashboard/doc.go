// Package dashboard writes dashboards for the telemetry of coding agents and of
// benchgate's trials: one for SigNoz (schema v6), one for Grafana over Prometheus.
// Every panel is described once, in panels.go, and rendered to both.
//
//   - telemetry.go  what agents and benchgate send: metrics, log events, spans
//   - panel.go      what a panel is; panels.go and panels_agent.go have them all
//   - signoz.go     a panel as SigNoz asks for it; signozform.go is its file
//   - grafana.go    a panel as PromQL; grafanaform.go is its file
//   - lint.go       what is wrong with a dashboard that the servers take all the same
package dashboard
