{{/* The kinds that actions write to, as rules of a policy: (dict "operations" list). One list, so that no policy forgets one. */}}
{{- define "autonomic.targetRules" -}}
{{- $kinds := dict
  "apps" (list "deployments" "deployments/scale" "statefulsets" "statefulsets/scale")
  "autoscaling" (list "horizontalpodautoscalers")
  "keda.sh" (list "scaledobjects")
  "" (list "configmaps")
  "batch" (list "jobs" "cronjobs")
  "gateway.networking.k8s.io" (list "httproutes" "grpcroutes")
  "kueue.x-k8s.io" (list "localqueues" "clusterqueues")
  "rabbitmq.com" (list "policies")
  "jetstream.nats.io" (list "consumers")
  "kafka.strimzi.io" (list "kafkausers")
  "aigateway.envoyproxy.io" (list "aigatewayroutes")
  "actions.github.com" (list "autoscalingrunnersets")
-}}
{{- range $kindGroup, $resources := $kinds }}
- apiGroups: [{{ $kindGroup | quote }}]
  apiVersions: ["*"]
  operations: {{ toJson $.operations }}
  resources: {{ toJson $resources }}
{{- end }}
{{- end -}}

{{/*
What a route adopts is held like a change of a target; its finalizer, which comes and goes with the baseline, is not.
As a rule of a policy, and as a condition on all that the policy matches.
*/}}
{{- define "autonomic.adoptionRule" -}}
- apiGroups: [{{ include "autonomic.group" . }}]
  apiVersions: ["*"]
  operations: [UPDATE]
  resources: [adaptiveroutes]
{{- end -}}
{{- define "autonomic.adoptionCondition" -}}
{{- $adopted := printf "metadata.?annotations[?'%s/adopted-policy'].orValue('')" (include "autonomic.group" .) -}}
- name: what-a-route-adopts
  expression: >-
    request.resource.resource != 'adaptiveroutes' || object.{{ $adopted }} != oldObject.{{ $adopted }}
{{- end -}}

{{/* How a target is named to people, as CEL: `Deployment shop/web`. */}}
{{- define "autonomic.targetName" -}}
request.kind.kind + ' ' + (request.?namespace.orValue('') == '' ? '' : request.namespace + '/') + object.metadata.?name.orValue('')
{{- end -}}

{{/* What proves that a policy which holds in opted-in namespaces alone is in force: a dry run on a kind that is in no namespace. */}}
{{- define "autonomic.probed" -}}
request.resource.resource == 'controlloops' && dyn(object).?status.?conditions.orValue([]).exists(c, c.type == 'Probe' && c.reason == '{{ . }}')
{{- end -}}
