{{/*
Jobs and CronJobs: how many pods at once, whether new ones start, and a failed Job run again where the namespace opted in.

What admission can't hold here: that the Job which a retry names exists and failed. What the retry runs is compared with it
in retries.yaml; one that names no Job is collected by the garbage collector with its dangling owner.
*/}}
{{- define "autonomic.allow.batch.variables" -}}
{{- $group := include "autonomic.group" . -}}
- name: retry
  expression: variables.what == 'batch/jobs' && request.operation == 'CREATE'
- name: retryOf
  expression: "variables.retry ? object.metadata.?annotations[?'{{ $group }}/retry-of'].orValue('') : ''"
{{- end -}}

{{- define "autonomic.allow.batch.validations" -}}
{{- $group := include "autonomic.group" . -}}
- expression: >-
    !variables.changed || variables.what != 'batch/jobs' || !('parallelism' in variables.changedFields) ||
    variables.spec[?'parallelism'].orValue(1) >= 1
  reason: Forbidden
  messageExpression: >-
    'the operator may not set parallelism of ' + variables.target + ' to ' +
    string(variables.spec[?'parallelism'].orValue(1)) + ': 0 would end what runs, the least is 1'
- expression: >-
    !variables.retry || namespaceObject.metadata.?labels[?'{{ $group }}/allow-retry'].orValue('') == 'true'
  reason: Forbidden
  messageExpression: >-
    'the operator may not create Jobs in ' + request.namespace + ': the namespace is not labelled {{ $group }}/allow-retry=true'
- expression: >-
    !variables.retry || (variables.retryOf != '' && object.metadata.name.matches('^.+-retry-[0-9]+$') &&
    object.metadata.name != variables.retryOf)
  reason: Forbidden
  messageExpression: >-
    'the operator may not create Job ' + request.namespace + '/' + object.metadata.name +
    ': it creates only NAME-retry-N with the annotation {{ $group }}/retry-of'
- expression: >-
    !variables.retry || (object.metadata.?finalizers.orValue([]).size() == 0 &&
    object.metadata.?ownerReferences.orValue([]).size() == 1 &&
    object.metadata.?ownerReferences.orValue([]).all(r,
      r.kind == 'Job' && r.apiVersion == 'batch/v1' && r.name == variables.retryOf && !r.?controller.orValue(false)))
  reason: Forbidden
  messageExpression: >-
    'the operator may not create Job ' + request.namespace + '/' + object.metadata.name +
    ' without finalizers and with one ownerReference, to Job ' + variables.retryOf + ' that {{ $group }}/retry-of names'
{{- end -}}
