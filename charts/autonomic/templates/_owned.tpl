{{/*
Renders those fields of a spec that nobody else has set on the live object.

A person who patches `spec.mode` owns that field from then on (metadata.managedFields). To render it again would either
reset it or fail the upgrade with a conflict, so it is left out, and server-side apply leaves it as it is.
Takes (dict "live" object "path" list "fields" dict); nested dicts are walked. Without a cluster, `live` is empty and all is rendered.
*/}}
{{- define "autonomic.unowned" -}}
{{- $kept := dict -}}
{{- range $name, $value := .fields -}}
  {{- $path := append $.path $name -}}
  {{- if kindIs "map" $value -}}
    {{- $nested := include "autonomic.unowned" (dict "live" $.live "path" $path "fields" $value) | fromYaml -}}
    {{- if $nested -}}{{- $_ := set $kept $name $nested -}}{{- end -}}
  {{- else if ne (include "autonomic.isAnothers" (dict "live" $.live "path" $path)) "yes" -}}
    {{- $_ := set $kept $name $value -}}
  {{- end -}}
{{- end -}}
{{- toYaml $kept -}}
{{- end -}}

{{/* "yes" when a field manager other than Helm owns the field at the path. */}}
{{- define "autonomic.isAnothers" -}}
{{- $found := "" -}}
{{- range (dig "metadata" "managedFields" list .live) -}}
  {{- if ne .manager "helm" -}}
    {{- $at := .fieldsV1 -}}
    {{- range $.path -}}
      {{- $at = index (default dict $at) (printf "f:%s" .) -}}
    {{- end -}}
    {{- if kindIs "map" $at -}}{{- $found = "yes" -}}{{- end -}}
  {{- end -}}
{{- end -}}
{{- $found -}}
{{- end -}}
