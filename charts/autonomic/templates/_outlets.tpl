{{/*
Whom plans may call outside the cluster: one Secret with the list, and files out of the Secrets that the values name. The kubelet
renews those when a Secret changes, and the operator reads them at every call.
*/}}

{{- define "autonomic.outletsFolder" -}}/etc/autonomic/outlets{{- end -}}

{{/* Fields of an outlet that come out of a Secret, with the field of the operator's file that names where it is mounted. */}}
{{- define "autonomic.outletSecrets" -}}
{urlFrom: urlFile, bearerTokenFrom: bearerTokenFile, headersFrom: headersFile, caFrom: caFile}
{{- end -}}

{{/* The list as the operator reads it. */}}
{{- define "autonomic.outletsFile" -}}
{{- $folder := include "autonomic.outletsFolder" . -}}
{{- $secrets := include "autonomic.outletSecrets" . | fromYaml -}}
{{- $outlets := list -}}
{{- range $outlet := .Values.outlets -}}
{{- if eq (empty $outlet.url) (empty $outlet.urlFrom) -}}
{{- fail (printf "outlet %s needs exactly one of url and urlFrom" $outlet.name) -}}
{{- end -}}
{{- $written := pick $outlet "name" "type" "url" "headers" "allowInsecure" -}}
{{- range $from, $file := $secrets -}}
{{- if get $outlet $from -}}
{{- $written = set $written $file (printf "%s/%s/%s" $folder $outlet.name $file) -}}
{{- end -}}
{{- end -}}
{{- $outlets = append $outlets $written -}}
{{- end -}}
{{- toYaml (dict "outlets" $outlets) -}}
{{- end -}}

{{/* The sources of the volume. */}}
{{- define "autonomic.outletsSources" -}}
{{- $secrets := include "autonomic.outletSecrets" . | fromYaml -}}
- secret:
    name: autonomic-outlets
{{- range $outlet := .Values.outlets }}
{{- range $from, $file := $secrets }}
{{- with get $outlet $from }}
- secret:
    name: {{ .secretKeyRef.name }}
    items:
    - {key: {{ .secretKeyRef.key }}, path: {{ $outlet.name }}/{{ $file }}}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}
