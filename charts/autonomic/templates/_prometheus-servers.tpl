{{/*
Further servers of metrics: one Secret with the list as the operator reads it, and files out of the Secrets that the values name.
*/}}

{{- define "autonomic.prometheusServersFolder" -}}/etc/autonomic/prometheus-servers{{- end -}}

{{/* Where a Secret is named for a server, the field of the operator's file that names the mounted file, and the key in it. */}}
{{- define "autonomic.prometheusServerFiles" -}}
{{- $files := dict -}}
{{- $auth := .auth | default dict -}}
{{- $tls := .tls | default dict -}}
{{- $secrets := dict "bearerTokenFile" $auth.bearerTokenSecret "passwordFile" $auth.passwordSecret "caFile" $tls.caSecret "headersFile" .headersSecret -}}
{{- range $field, $secret := $secrets -}}
{{- if ($secret | default dict).name -}}
{{- $files = set $files $field (pick $secret "name" "key") -}}
{{- end -}}
{{- end -}}
{{- with ($tls.certificateSecret | default dict).name -}}
{{- $files = set $files "certificateFile" (dict "name" . "key" "tls.crt") -}}
{{- $files = set $files "keyFile" (dict "name" . "key" "tls.key") -}}
{{- end -}}
{{- toYaml $files -}}
{{- end -}}

{{/* The list as the operator reads it. Refuses what contradicts itself. */}}
{{- define "autonomic.prometheusServersFile" -}}
{{- $folder := include "autonomic.prometheusServersFolder" . -}}
{{- $servers := list -}}
{{- range $server := .Values.prometheus.servers -}}
{{- $files := include "autonomic.prometheusServerFiles" $server | fromYaml -}}
{{- $username := ($server.auth | default dict).username -}}
{{- if and $files.bearerTokenFile $files.passwordFile -}}
{{- fail (printf "prometheus.servers: %s names both bearerTokenSecret and passwordSecret: leave one of them empty" $server.name) -}}
{{- end -}}
{{- if ne (empty $username) (empty $files.passwordFile) -}}
{{- fail (printf "prometheus.servers: %s needs username and passwordSecret together: set both, or neither" $server.name) -}}
{{- end -}}
{{- if and $server.headers $files.headersFile -}}
{{- fail (printf "prometheus.servers: %s names both headers and headersSecret: write all into the one or the other" $server.name) -}}
{{- end -}}
{{- if and (or $files.caFile $files.certificateFile) (not (hasPrefix "https://" $server.url)) -}}
{{- fail (printf "prometheus.servers: %s has tls and the url %s: write https://, or leave tls empty" $server.name $server.url) -}}
{{- end -}}
{{- $written := pick $server "name" "url" "timeout" "concurrency" "headers" "parameters" -}}
{{- if $username -}}
{{- $written = set $written "username" $username -}}
{{- end -}}
{{- range $field, $_ := $files -}}
{{- $written = set $written $field (printf "%s/%s/%s" $folder $server.name $field) -}}
{{- end -}}
{{- $servers = append $servers $written -}}
{{- end -}}
{{- toYaml (dict "servers" $servers) -}}
{{- end -}}

{{/* The sources of the volume. */}}
{{- define "autonomic.prometheusServersSources" -}}
- secret:
    name: autonomic-prometheus-servers
{{- range $server := .Values.prometheus.servers }}
{{- range $field, $secret := include "autonomic.prometheusServerFiles" $server | fromYaml }}
- secret:
    name: {{ $secret.name }}
    items:
    - {key: {{ $secret.key }}, path: {{ $server.name }}/{{ $field }}}
{{- end }}
{{- end }}
{{- end -}}
