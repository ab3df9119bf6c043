{{/* The HTTP API: over TLS where a Secret with a certificate is named. The kubelet renews the files when it changes. */}}
{{- define "autonomic.httpFolder" -}}/etc/autonomic/http{{- end -}}

{{- define "autonomic.httpEnv" -}}
{{- $folder := include "autonomic.httpFolder" . -}}
- name: AUTONOMIC_HTTP_HOST
  value: 0.0.0.0
- name: AUTONOMIC_HTTP_PORT
  value: "8080"
- name: AUTONOMIC_HTTP_REQUESTS_PER_SECOND
  value: {{ .Values.http.perSecond.requests | quote }}
- name: AUTONOMIC_HTTP_DECISIONS_PER_SECOND
  value: {{ .Values.http.perSecond.decisions | quote }}
- name: AUTONOMIC_HTTP_NEW_TOKENS_PER_SECOND
  value: {{ .Values.http.perSecond.newTokens | quote }}
{{- with .Values.http.audiences }}
- name: AUTONOMIC_HTTP_AUDIENCES
  value: {{ join "," . | quote }}
{{- end }}
{{- if .Values.http.tls.certificateSecret.name }}
- name: AUTONOMIC_HTTP_CERTIFICATE_FILE
  value: {{ $folder }}/tls.crt
- name: AUTONOMIC_HTTP_KEY_FILE
  value: {{ $folder }}/tls.key
{{- end }}
{{- end -}}

{{- define "autonomic.httpScheme" -}}
{{- ternary "HTTPS" "HTTP" (not (empty .Values.http.tls.certificateSecret.name)) -}}
{{- end -}}
