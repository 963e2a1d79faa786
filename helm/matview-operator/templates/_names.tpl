{{- define "matview-operator.name" -}}
{{ default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* What objects of the release are called; short enough for a label and for a suffix. */}}
{{- define "matview-operator.fullname" -}}
{{- $name := include "matview-operator.name" . -}}
{{- $both := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) -}}
{{ default $both .Values.fullnameOverride | replace "." "-" | trunc 52 | trimSuffix "-" }}
{{- end }}

{{/* Outside the release's namespace, where a release of the same name in another one may be too. */}}
{{- define "matview-operator.globalName" -}}
{{- $name := include "matview-operator.fullname" . -}}
{{ ternary $name (printf "%s-%s" .Release.Namespace $name) (eq .Release.Namespace $name) }}
{{- end }}

{{- define "matview-operator.serviceAccountName" -}}
{{- if not (or .Values.serviceAccount.create .Values.serviceAccount.name) }}
{{- fail "serviceAccount.create=false needs serviceAccount.name: every Pod of the namespace may be the one called default" }}
{{- end -}}
{{ default (include "matview-operator.fullname" .) .Values.serviceAccount.name }}
{{- end }}

{{- define "matview-operator.selectorLabels" -}}
app.kubernetes.io/name: {{ include "matview-operator.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "matview-operator.labels" -}}
{{ include "matview-operator.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{/* Name, namespace and labels of an object in the release's namespace. */}}
{{- define "matview-operator.metadata" -}}
name: {{ include "matview-operator.fullname" . }}
namespace: {{ .Release.Namespace }}
labels:
  {{- include "matview-operator.labels" . | nindent 2 }}
{{- end }}

{{- define "matview-operator.image" -}}
{{- $tag := printf ":%s" (default .Chart.AppVersion .Values.image.tag) -}}
{{- $digest := printf "@%s" .Values.image.digest -}}
{{ .Values.image.repository }}{{ ternary $digest $tag (ne .Values.image.digest "") }}
{{- end }}
