{{/*
How Prometheus is reached: variables, and one volume of files out of the Secrets that the values name. The kubelet renews the files
when a Secret changes, and the operator reads them again.
*/}}

{{- define "autonomic.prometheusFolder" -}}/etc/autonomic/prometheus{{- end -}}

{{- define "autonomic.prometheusEnv" -}}
{{- $folder := include "autonomic.prometheusFolder" . -}}
{{- with .Values.prometheus -}}
- name: AUTONOMIC_PROMETHEUS_URL
  value: {{ .url | quote }}
- name: AUTONOMIC_PROMETHEUS_CONCURRENCY
  value: {{ .concurrency | quote }}
{{- if .tenantLabel }}
- name: AUTONOMIC_TENANT_LABEL
  value: {{ .tenantLabel | quote }}
{{- end }}
{{- if .auth.bearerTokenSecret.name }}
- name: AUTONOMIC_PROMETHEUS_BEARER_TOKEN_FILE
  value: {{ $folder }}/token
{{- end }}
{{- if .auth.passwordSecret.name }}
- name: AUTONOMIC_PROMETHEUS_USERNAME
  value: {{ .auth.username | quote }}
- name: AUTONOMIC_PROMETHEUS_PASSWORD_FILE
  value: {{ $folder }}/password
{{- end }}
{{- if .tls.caSecret.name }}
- name: AUTONOMIC_PROMETHEUS_CA_FILE
  value: {{ $folder }}/ca.crt
{{- end }}
{{- if .tls.certificateSecret.name }}
- name: AUTONOMIC_PROMETHEUS_CERTIFICATE_FILE
  value: {{ $folder }}/tls.crt
- name: AUTONOMIC_PROMETHEUS_KEY_FILE
  value: {{ $folder }}/tls.key
{{- end }}
{{- if .headersSecret.name }}
- name: AUTONOMIC_PROMETHEUS_HEADERS
  valueFrom:
    secretKeyRef: {{- toYaml .headersSecret | nindent 6 }}
{{- else if .headers }}
- name: AUTONOMIC_PROMETHEUS_HEADERS
  value: {{ toJson .headers | quote }}
{{- end }}
{{- if .parameters }}
- name: AUTONOMIC_PROMETHEUS_PARAMETERS
  value: {{ toJson .parameters | quote }}
{{- end }}
{{- end }}
{{- end -}}

{{/* The sources of the volume; empty when no Secret is named. Refuses what contradicts itself. */}}
{{- define "autonomic.prometheusFiles" -}}
{{- with .Values.prometheus -}}
{{- if and .auth.bearerTokenSecret.name .auth.passwordSecret.name -}}
{{- fail "prometheus.auth names both bearerTokenSecret and passwordSecret: leave one of them empty" -}}
{{- end -}}
{{- if ne (empty .auth.username) (empty .auth.passwordSecret.name) -}}
{{- fail "prometheus.auth needs username and passwordSecret together: set both, or neither" -}}
{{- end -}}
{{- if and .headers .headersSecret.name -}}
{{- fail "prometheus names both headers and headersSecret: write all headers into the one or the other" -}}
{{- end -}}
{{- if and (or .tls.caSecret.name .tls.certificateSecret.name) (not (hasPrefix "https://" .url)) -}}
{{- fail (printf "prometheus.tls is set and prometheus.url is %s: write https://, or leave tls empty" .url) -}}
{{- end -}}
{{- $sources := list -}}
{{- with .auth.bearerTokenSecret }}{{ if .name }}
{{- $sources = append $sources (dict "name" .name "items" (list (dict "key" .key "path" "token"))) }}{{ end }}{{ end -}}
{{- with .auth.passwordSecret }}{{ if .name }}
{{- $sources = append $sources (dict "name" .name "items" (list (dict "key" .key "path" "password"))) }}{{ end }}{{ end -}}
{{- with .tls.caSecret }}{{ if .name }}
{{- $sources = append $sources (dict "name" .name "items" (list (dict "key" .key "path" "ca.crt"))) }}{{ end }}{{ end -}}
{{- with .tls.certificateSecret }}{{ if .name }}
{{- $pair := list (dict "key" "tls.crt" "path" "tls.crt") (dict "key" "tls.key" "path" "tls.key") -}}
{{- $sources = append $sources (dict "name" .name "items" $pair) }}{{ end }}{{ end -}}
{{- range $sources }}
- secret: {{- toYaml . | nindent 4 }}
{{- end }}
{{- end }}
{{- end -}}
