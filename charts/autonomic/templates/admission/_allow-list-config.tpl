{{/*
ConfigMaps: values of the keys that the owner listed in the annotation on the object as it is.

What admission can't hold: what a key means, and so that a semaphore in a ConfigMap stays a whole number of at least 1.
*/}}
{{- define "autonomic.allow.config.validations" -}}
{{- $group := include "autonomic.group" . -}}
- expression: >-
    !variables.changed || variables.what != '/configmaps' ||
    (variables.next[?'data'].orValue({}).map(k, k) + variables.last[?'data'].orValue({}).map(k, k)).all(k,
      variables.next[?'data'].orValue({})[?k] == variables.last[?'data'].orValue({})[?k] ||
      k in variables.oldAnnotations[?'{{ $group }}/writable-keys'].orValue('').split(',').map(n, n.trim()))
  reason: Forbidden
  messageExpression: >-
    'the operator may not change ' + (variables.next[?'data'].orValue({}).map(k, k) +
      variables.last[?'data'].orValue({}).map(k, k).filter(k, !(k in variables.next[?'data'].orValue({})))).filter(k,
      variables.next[?'data'].orValue({})[?k] != variables.last[?'data'].orValue({})[?k] &&
      !(k in variables.oldAnnotations[?'{{ $group }}/writable-keys'].orValue('').split(',').map(n, n.trim()))
    ).map(k, 'data.' + k).join(', ') + ' of ' + variables.target + ': its {{ $group }}/writable-keys lists ' +
    variables.oldAnnotations[?'{{ $group }}/writable-keys'].orValue('nothing')
{{- end -}}
