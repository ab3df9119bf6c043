{{/* Packages of plug-ins: copied out of their image before the operator starts, and read-only to it. */}}
{{- define "autonomic.pluginsFolder" -}}/opt/plugins{{- end -}}

{{- define "autonomic.pluginsEnv" -}}
{{- if .Values.plugins.image.repository }}
- name: AUTONOMIC_PLUGINS_FOLDER
  value: {{ include "autonomic.pluginsFolder" . }}
{{- with .Values.plugins.env }}
{{ toYaml . }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "autonomic.pluginsInit" -}}
- name: plugins
  image: {{ include "autonomic.image" (dict "image" .Values.plugins.image "tag" "") }}
  imagePullPolicy: {{ .Values.plugins.image.pullPolicy }}
  command: [cp, -R, {{ printf "%s/." .Values.plugins.folder | quote }}, {{ include "autonomic.pluginsFolder" . }}]
  resources: {{- toYaml .Values.resources | nindent 4 }}
  securityContext:
    allowPrivilegeEscalation: false
    readOnlyRootFilesystem: true
    capabilities:
      drop: [ALL]
  volumeMounts:
  - name: plugins
    mountPath: {{ include "autonomic.pluginsFolder" . }}
{{- end -}}
