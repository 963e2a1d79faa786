{{/* A network, and what of it is left out: Kubernetes takes only what lies within. */}}
{{- define "matview-operator.ipBlock" -}}
{{- $cidr := first . -}}
ipBlock:
  cidr: {{ quote $cidr }}
  {{- if hasSuffix "/0" $cidr }}
  except:
    {{- range last . }}
    {{- if eq (contains ":" $cidr) (contains ":" .) }}
    - {{ quote . }}
    {{- end }}
    {{- end }}
  {{- end }}
{{- end }}
