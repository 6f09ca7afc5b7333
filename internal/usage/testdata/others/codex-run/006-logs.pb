
ÿ
·

service.name

codex_exec
 
telemetry.sdk.language
rust

	host.name
vm

benchgate.trial
t

service.version	
0.169.0

env
dev
!
telemetry.sdk.version
0.31.0
%
telemetry.sdk.name
opentelemetryr

codex_otel::metrics::clientQDEBUG*
flushing OTEL metricsYô ›Ë{„Îb$event otel/src/metrics/client.rs:324