{{/* Settings as environment: resyncInterval is MATVIEWS_RESYNC_INTERVAL. */}}
{{- define "matview-operator.env" -}}
- {name: MATVIEWS_LEADER_ELECTION, value: {{ .Values.leaderElection.enabled | quote }}}
- {name: MATVIEWS_LEASE_NAME, value: {{ include "matview-operator.fullname" . | quote }}}
{{- with .Values.watch.namespaces }}
- {name: MATVIEWS_WATCH_NAMESPACES, value: {{ join "," . | quote }}}
{{- end }}
{{- range $name, $value := .Values.settings }}
- {name: MATVIEWS_{{ snakecase $name | upper }}, value: {{ include "matview-operator.text" $value | quote }}}
{{- end }}
- {name: QUARKUS_LOG_LEVEL, value: {{ .Values.log.level }}}
- {name: QUARKUS_LOG_CONSOLE_JSON_ENABLED, value: {{ quote .Values.log.json }}}
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* A value as text; Helm takes a whole number for a float and would write 1e+06. */}}
{{- define "matview-operator.text" -}}
{{- if kindIs "slice" . }}{{ join "," . }}{{ else if kindIs "float64" . }}{{ int64 . }}{{ else }}{{ . }}{{ end }}
{{- end }}

{{/* A topology spread constraint; without a selector it is about the Pods of this release. */}}
{{- define "matview-operator.spread" -}}
{{- $labels := include "matview-operator.selectorLabels" (first .) | fromYaml -}}
{{- $ours := dict "labelSelector" (dict "matchLabels" $labels) -}}
{{ ternary (last .) (merge $ours (last .)) (hasKey (last .) "labelSelector") | toYaml }}
{{- end }}
