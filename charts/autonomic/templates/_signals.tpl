{{- define "autonomic.signalsFolder" -}}/var/lib/autonomic/signals{{- end -}}
{{- define "autonomic.sendersFolder" -}}/etc/autonomic/senders{{- end -}}

{{/* Senders with a secret of their own, as the operator reads them. */}}
{{- define "autonomic.sendersFile" -}}
{{- $folder := include "autonomic.sendersFolder" . -}}
{{- $senders := list -}}
{{- range .Values.signals.senders -}}
{{- $written := pick . "name" "namespaces" -}}
{{- $senders = append $senders (set $written "bearerTokenFile" (printf "%s/%s/token" $folder .name)) -}}
{{- end -}}
{{- toYaml (dict "senders" $senders) -}}
{{- end -}}

{{/* The sources of the volume. */}}
{{- define "autonomic.sendersSources" -}}
- configMap:
    name: autonomic-senders
{{- range .Values.signals.senders }}
- secret:
    name: {{ .bearerTokenFrom.secretKeyRef.name }}
    items:
    - {key: {{ .bearerTokenFrom.secretKeyRef.key }}, path: {{ .name }}/token}
{{- end }}
{{- end -}}

{{- define "autonomic.signalsEnv" -}}
- name: AUTONOMIC_SIGNALS_FOLDER
  value: {{ include "autonomic.signalsFolder" . }}
- name: AUTONOMIC_SIGNALS_RETENTION
  value: {{ .Values.signals.retention | quote }}
- name: AUTONOMIC_SIGNALS_LOG_MIB
  value: {{ .Values.signals.logMiB | quote }}
{{- if .Values.signals.senders }}
- name: AUTONOMIC_SIGNALS_SENDERS_FILE
  value: {{ include "autonomic.sendersFolder" . }}/senders.yaml
{{- end }}
{{- end -}}
