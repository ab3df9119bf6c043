{{/*
AdaptiveRoutes: a route is its owner's. The operator puts its finalizer on it and takes it off once the baseline is restored,
and writes down what an approved plan adopted, where the namespace opted in.
*/}}
{{- define "autonomic.allow.adopting.variables" -}}
{{- $group := include "autonomic.group" . -}}
- name: adaptive
  expression: request.operation + ' ' + variables.what == 'UPDATE {{ $group }}/adaptiveroutes'
- name: adoptingAnnotations
  expression: >-
    ['{{ $group }}/adopted-policy', '{{ $group }}/op-id', '{{ $group }}/plan-seq', '{{ $group }}/epoch']
- name: adoptedAnnotations
  expression: 'variables.adaptive ? object.metadata.?annotations.orValue({}) : {}'
- name: adoptedBefore
  expression: 'variables.adaptive ? oldObject.metadata.?annotations.orValue({}) : {}'
- name: adoptedNotes
  expression: >-
    (variables.adoptedAnnotations.map(k, k) + variables.adoptedBefore.map(k, k)).filter(k,
      variables.adoptedAnnotations[?k] != variables.adoptedBefore[?k])
{{- end -}}

{{- define "autonomic.allow.adopting.validations" -}}
{{- $group := include "autonomic.group" . -}}
- expression: >-
    !variables.adaptive ||
    (dyn(object).spec == dyn(oldObject).spec &&
    object.metadata.?labels == oldObject.metadata.?labels &&
    object.metadata.?ownerReferences == oldObject.metadata.?ownerReferences &&
    variables.adoptedNotes.all(k, k in variables.adoptingAnnotations) &&
    object.metadata.?finalizers.orValue([]).filter(f, f != '{{ $group }}/restore-baseline') ==
      oldObject.metadata.?finalizers.orValue([]).filter(f, f != '{{ $group }}/restore-baseline'))
  reason: Forbidden
  messageExpression: >-
    'the operator may not change AdaptiveRoute ' + request.namespace + '/' + request.?name.orValue('') +
    ', but for the finalizer {{ $group }}/restore-baseline and the annotations ' +
    variables.adoptingAnnotations.join(', ')
- expression: >-
    !variables.adaptive || variables.adoptedNotes.size() == 0 ||
    (variables.enabled && request.options.?fieldManager.orValue('') == 'autonomic')
  reason: Forbidden
  messageExpression: >-
    'the operator may not say what AdaptiveRoute ' + request.namespace + '/' + request.?name.orValue('') + ' adopted: ' +
    (variables.enabled ? 'it writes as autonomic' : 'the namespace is not labelled {{ $group }}/enabled=true')
# Cool-downs are counted from these times. What owns nothing but a finalizer is gone with it.
- expression: >-
    !variables.adaptive || !('{{ $group }}/adopted-policy' in variables.adoptedBefore) || oldObject.metadata.?managedFields.orValue([]).filter(m, m.manager == 'autonomic' &&
      !has(m.subresource) && has(m.time)).all(m, object.metadata.?managedFields.orValue([]).exists(n,
        n.manager == 'autonomic' && !has(n.subresource) && has(n.time) && timestamp(n.time) >= timestamp(m.time)))
  reason: Forbidden
  messageExpression: >-
    'the operator may not strip or set back the times of its own writes in the managedFields of AdaptiveRoute ' +
    request.namespace + '/' + request.?name.orValue('')
{{- end -}}
