{{/*
What holds for every kind that actions write to: where, which fields of the spec, which metadata. The stamps are the only
annotations that the operator writes: those by which owners opt in begin alike, and are the owners'.
*/}}
{{- define "autonomic.allow.targets.variables" -}}
{{- $group := include "autonomic.group" . -}}
- name: fieldsOf
  expression: >-
    {
      'apps/deployments': ['replicas', 'template'],
      'apps/statefulsets': ['replicas', 'template'],
      'autoscaling/horizontalpodautoscalers': ['minReplicas', 'maxReplicas'],
      'keda.sh/scaledobjects': ['minReplicaCount', 'maxReplicaCount'],
      '/configmaps': [],
      'batch/jobs': ['parallelism'],
      'batch/cronjobs': ['suspend'],
      'gateway.networking.k8s.io/httproutes': ['rules'],
      'gateway.networking.k8s.io/grpcroutes': ['rules'],
      'kueue.x-k8s.io/localqueues': ['stopPolicy'],
      'kueue.x-k8s.io/clusterqueues': ['resourceGroups'],
      'rabbitmq.com/policies': ['definition'],
      'jetstream.nats.io/consumers': ['maxAckPending'],
      'kafka.strimzi.io/kafkausers': ['quotas'],
      'aigateway.envoyproxy.io/aigatewayroutes': ['rules'],
      'actions.github.com/autoscalingrunnersets': ['maxRunners']
    }
- name: isTarget
  expression: variables.what in variables.fieldsOf
- name: changed
  expression: variables.isTarget && request.operation == 'UPDATE'
- name: target
  expression: >-
    {{ include "autonomic.targetName" . }}
- name: next
  expression: 'variables.changed ? dyn(object) : {}'
- name: last
  expression: 'variables.changed ? dyn(oldObject) : {}'
- name: spec
  expression: "variables.next[?'spec'].orValue({})"
- name: oldSpec
  expression: "variables.last[?'spec'].orValue({})"
- name: meta
  expression: "variables.next[?'metadata'].orValue({})"
- name: oldMeta
  expression: "variables.last[?'metadata'].orValue({})"
- name: annotations
  expression: "variables.meta[?'annotations'].orValue({})"
- name: oldAnnotations
  expression: "variables.oldMeta[?'annotations'].orValue({})"
- name: labels
  expression: "variables.meta[?'labels'].orValue({})"
- name: oldLabels
  expression: "variables.oldMeta[?'labels'].orValue({})"
- name: fields
  expression: 'variables.changed ? variables.fieldsOf[variables.what] : []'
- name: changedFields
  expression: >-
    variables.spec.map(k, k).filter(k, !(k in variables.oldSpec && variables.spec[k] == variables.oldSpec[k])) +
    variables.oldSpec.map(k, k).filter(k, !(k in variables.spec))
- name: ownAnnotations
  expression: >-
    ['{{ $group }}/op-id', '{{ $group }}/plan-seq', '{{ $group }}/epoch'] +
    (variables.what == 'keda.sh/scaledobjects' ? ['autoscaling.keda.sh/paused-scale-out'] : []) +
    (request.?namespace.orValue('') == '{{ .Release.Namespace }}' && variables.ownDryRun ? ['{{ $group }}/probe'] : [])
# Times of the writes that bear our name, by the server's own record.
- name: times
  expression: >-
    variables.meta[?'managedFields'].orValue([]).filter(m, m.manager == 'autonomic' && has(m.time)).map(m, timestamp(m.time))
- name: oldTimes
  expression: >-
    variables.oldMeta[?'managedFields'].orValue([]).filter(m, m.manager == 'autonomic' && has(m.time)).map(m, timestamp(m.time))
{{- end -}}

{{- define "autonomic.allow.targets.validations" -}}
{{- $group := include "autonomic.group" . -}}
{{- $own := .Release.Namespace -}}
- expression: >-
    !variables.isTarget || request.?namespace.orValue('') == '' ||
    (request.namespace == '{{ $own }}'
      ? variables.ownDryRun && variables.what == 'apps/deployments' && request.name == 'autonomic' : variables.enabled)
  reason: Forbidden
  messageExpression: >-
    'the operator may not change ' + variables.target +
    (request.namespace == '{{ $own }}'
      ? ': it never changes workloads of its own namespace'
      : ': the namespace is not labelled {{ $group }}/enabled=true')
- expression: >-
    !variables.changed || variables.ownDryRun || request.options.?fieldManager.orValue('') == 'autonomic'
  reason: Forbidden
  messageExpression: >-
    'the operator may not change ' + variables.target + ' as field manager ' +
    request.options.?fieldManager.orValue('(none)') + ': it writes as autonomic'
- expression: "!variables.changed || variables.changedFields.all(k, k in variables.fields)"
  reason: Forbidden
  messageExpression: >-
    'the operator may not change ' +
    variables.changedFields.filter(k, !(k in variables.fields)).map(k, 'spec.' + k).join(', ') + ' of ' + variables.target +
    ': of the spec it changes only ' + variables.fields.join(', ')
- expression: >-
    !variables.changed ||
    ((variables.next.map(k, k) + variables.last.map(k, k)).all(k,
      k in ['metadata', 'spec', 'managedFields'] || (k == 'data' && variables.what == '/configmaps') ||
      (k in variables.next && k in variables.last && variables.next[k] == variables.last[k])))
  reason: Forbidden
  messageExpression: >-
    'the operator may not change ' + (variables.next.map(k, k) + variables.last.map(k, k)).filter(k,
      !(k in ['metadata', 'spec', 'data']) &&
      !(k in variables.next && k in variables.last && variables.next[k] == variables.last[k])).join(', ') +
    ' of ' + variables.target
- expression: >-
    !variables.changed ||
    (['finalizers', 'ownerReferences'].all(f, variables.meta[?f] == variables.oldMeta[?f]) &&
    (variables.labels.map(k, k) + variables.oldLabels.map(k, k)).all(k,
      variables.labels[?k] == variables.oldLabels[?k]) &&
    (variables.annotations.map(k, k) + variables.oldAnnotations.map(k, k)).all(k, k in variables.ownAnnotations ||
      variables.annotations[?k] == variables.oldAnnotations[?k]))
  reason: Forbidden
  messageExpression: >-
    'the operator may not change the metadata of ' + variables.target + ', but for the annotations ' +
    variables.ownAnnotations.join(', ')
# Cool-downs are counted from these times: who could strip them or set them back could act as often as it likes.
- expression: >-
    !variables.changed || variables.oldTimes.all(t, variables.times.exists(n, n >= t))
  reason: Forbidden
  messageExpression: >-
    'the operator may not strip or set back the times of its own writes in the managedFields of ' + variables.target
{{- end -}}
