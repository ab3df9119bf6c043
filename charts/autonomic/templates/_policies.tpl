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

{{/* The data that the policies read: their switches and figures, as the values give them. */}}
{{- define "autonomic.policyConfig" -}}
{{- toJson .Values.policies -}}
{{- end -}}

{{/* What the policy engine reports as its revision: a hash of the files and of what they are told. */}}
{{- define "autonomic.policyRevision" -}}
sha256:{{ printf "%s\n%s" (include "autonomic.policies" .) (include "autonomic.policyConfig" .) | sha256sum }}
{{- end -}}

{{/* The schema of what the policies are asked: policies of owners are checked with it. */}}
{{- define "autonomic.policySchema" -}}
{{- $schema := .Files.Get "policies/schemas/input.json" -}}
{{- if not $schema -}}
{{- fail "the chart holds no policies/schemas/input.json: package it from the repository, where policies/ is linked into it" -}}
{{- end -}}
{{- $schema -}}
{{- end -}}
{{- define "autonomic.policyFolder" -}}/etc/autonomic/policies{{- end -}}
