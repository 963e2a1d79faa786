{{/* What the operator does in a namespace that it works in. */}}
{{- define "matview-operator.rules" -}}
# Never create or delete: people own these objects. Patch: the finalizer under deletionPolicy
# Delete, and nothing else. Get: an object is read anew before its view is dropped.
- apiGroups: [matviews.dev]
  resources: [materializedviews]
  verbs: [get, list, watch, patch]
- apiGroups: [matviews.dev]
  resources: [postgresconnections]
  verbs: [get, list, watch]
# Delete: one that has ended goes after its time. Patch: its view is named as its owner.
- apiGroups: [matviews.dev]
  resources: [materializedviewrefreshes]
  verbs: [list, watch, patch, delete]
- apiGroups: [matviews.dev]
  resources:
    - materializedviews/status
    - postgresconnections/status
    - materializedviewrefreshes/status
  verbs: [update]
# One at a time and by name: whoever holds the operator's token cannot list them.
- apiGroups: [""]
  resources: [secrets]
  verbs: [get]
- apiGroups: [events.k8s.io]
  resources: [events]
  verbs: [create]
{{- end }}

{{- define "matview-operator.subjects" -}}
subjects:
  - kind: ServiceAccount
    name: {{ include "matview-operator.serviceAccountName" . }}
    namespace: {{ .Release.Namespace }}
{{- end }}
