{{- define "autonomic.journalFolder" -}}/var/lib/autonomic/journal{{- end -}}

{{/* Where the journal goes: a file of each pod's own, for no two processes may write one. */}}
{{- define "autonomic.journalPlace" -}}
{{- if eq .Values.journal.output "file" -}}
{{ include "autonomic.journalFolder" . }}/$(AUTONOMIC_POD_NAME).jsonl
{{- else -}}
{{- .Values.journal.output -}}
{{- end -}}
{{- end -}}
