{{/* Names are fixed: the kinds and the admission policies are cluster-wide, so there is one autonomic layer in a cluster. */}}

{{- define "autonomic.group" -}}autonomic.maestro.dev{{- end -}}

{{/* Who the operator is to the API server. Admission policies compare with it. */}}
{{- define "autonomic.operator" -}}system:serviceaccount:{{ .Release.Namespace }}:autonomic{{- end -}}

{{- define "autonomic.selector" -}}
app.kubernetes.io/name: autonomic
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "autonomic.labels" -}}
{{ include "autonomic.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{/* The reference of an image: (dict "image" values "tag" default). */}}
{{- define "autonomic.image" -}}
{{- if .image.digest -}}
{{ .image.repository }}@{{ .image.digest }}
{{- else -}}
{{ .image.repository }}:{{ .image.tag | default .tag }}
{{- end -}}
{{- end -}}

{{/* Bindings of a ClusterRole to groups, cluster-wide: (dict "root" $ "role" name "groups" list). */}}
{{- define "autonomic.groupBinding" -}}
{{- if .groups }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: {{ .role }}
  labels: {{- include "autonomic.labels" .root | nindent 4 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: {{ .role }}
subjects:
{{- range .groups }}
- apiGroup: rbac.authorization.k8s.io
  kind: Group
  name: {{ . | quote }}
{{- end }}
{{- end }}
{{- end -}}
