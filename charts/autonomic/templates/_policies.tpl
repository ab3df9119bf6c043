{{/* The Rego files that ship: name to text, without tests. */}}
{{- define "autonomic.policies" -}}
{{- $policies := dict -}}
{{- range $path, $_ := .Files.Glob "policies/*.rego" -}}
  {{- if not (hasSuffix "_test.rego" $path) -}}
    {{- $_ := set $policies (base $path) ($.Files.Get $path) -}}
  {{- end -}}
{{- end -}}
{{- if not $policies -}}
{{- fail "the chart holds no policies: package it from the repository, where policies/ is linked into it" -}}
{{- end -}}
{{- toYaml $policies -}}
{{- end -}}

{{/* What the policy engine reports as its revision: a hash of the files. */}}
{{- define "autonomic.policyRevision" -}}
sha256:{{ include "autonomic.policies" . | sha256sum }}
{{- end -}}
