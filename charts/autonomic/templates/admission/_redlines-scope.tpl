{{/* What a write is to, and whether a RedLine applies to it. */}}
{{- define "autonomic.redlines.scope" -}}
{{- $group := include "autonomic.group" . -}}
- name: next
  expression: dyn(object)
- name: last
  expression: dyn(oldObject)
- name: plan
  expression: request.resource.resource == 'adaptationplans'
- name: proof
  expression: request.resource.resource == 'controlloops'
- name: write
  expression: '!variables.plan && !variables.proof'
- name: kind
  expression: >-
    request.?subResource.orValue('') == '' ? request.kind.kind
    : request.resource.resource == 'deployments' ? 'Deployment' : 'StatefulSet'
- name: name
  expression: variables.next.metadata.?name.orValue('')
- name: target
  expression: >-
    variables.kind + ' ' + (request.?namespace.orValue('') == '' ? '' : request.namespace + '/') + variables.name
- name: limits
  expression: params.spec.?limits.orValue({})
- name: labels
  expression: 'namespaceObject == null ? {} : namespaceObject.metadata.?labels.orValue({})'
- name: wantedLabels
  expression: params.spec.?appliesTo.?namespaceSelector.?matchLabels.orValue({})
- name: tenant
  expression: "variables.write && variables.last != null ? variables.last.metadata.?annotations[?'{{ $group }}/tenant'].orValue('') : ''"
- name: here
  expression: >-
    namespaceObject == null
    ? variables.wantedLabels.all(k, k != 'kubernetes.io/metadata.name' || variables.wantedLabels[k] == variables.tenant)
    : variables.wantedLabels.all(k, k in variables.labels && variables.labels[k] == variables.wantedLabels[k])
- name: kinds
  expression: params.spec.?appliesTo.?kinds.orValue([])
- name: names
  expression: params.spec.?appliesTo.?names.orValue([])
- name: loops
  expression: params.spec.?appliesTo.?controlLoops.orValue([])
# A plan does not say which labels its targets have, nor does a Scale: in doubt the line holds.
- name: targetLabels
  expression: params.spec.?appliesTo.?labels.orValue({})
- name: ownLabels
  expression: >-
    variables.write && request.?subResource.orValue('') == ''
    ? (variables.last == null ? variables.next : variables.last).metadata.?labels.orValue({}) : variables.targetLabels
# What a retry makes is as much its Job's as its own.
- name: targets
  expression: >-
    variables.proof ? []
    : variables.plan
    ? variables.next.spec.actions.map(a, {'kind': dyn(a.targetRef.kind), 'name': dyn(a.targetRef.name)})
    : [variables.name, variables.next.metadata.?annotations[?'{{ $group }}/retry-of'].orValue(variables.name)].map(n,
      {'kind': dyn(variables.kind), 'name': dyn(n)})
- name: applies
  expression: >-
    !variables.proof && variables.here &&
    variables.targetLabels.all(k, k in variables.ownLabels && variables.ownLabels[k] == variables.targetLabels[k]) &&
    variables.targets.exists(t,
      (variables.kinds.size() == 0 || t.kind in variables.kinds) &&
      (variables.names.size() == 0 || t.name in variables.names)) &&
    (!variables.plan || variables.loops.size() == 0 || variables.next.spec.controlLoop in variables.loops)
- name: bound
  expression: variables.applies && variables.write && variables.loops.size() == 0
{{- end -}}
