{{/* Replicas, and the bounds between which an autoscaler sets them: what changes, from what to what. */}}
{{- define "autonomic.redlines.numbers" -}}
# What a field that is left out means: a Scale leaves `replicas` out at 0, where a Deployment's default is 1.
- name: counted
  expression: >-
    {
      'Deployment': {'replicas': request.?subResource.orValue('') == 'scale' ? 0 : 1},
      'StatefulSet': {'replicas': request.?subResource.orValue('') == 'scale' ? 0 : 1},
      'HorizontalPodAutoscaler': {'minReplicas': 1, 'maxReplicas': 1},
      'ScaledObject': {'minReplicaCount': 0, 'maxReplicaCount': 100}
    }[?variables.kind].orValue({})
# Bounds hold for changes of the value only: an object that is already out of bounds may still be annotated.
- name: numbers
  expression: >-
    !variables.bound ? [] : variables.counted.map(f, {
      'name': dyn(f),
      'next': dyn(int(variables.next.spec[?f].orValue(variables.counted[f]))),
      'last': dyn(variables.last == null ? 0 : int(variables.last.spec[?f].orValue(variables.counted[f])))
    }).filter(n, n.next != n.last)
# Relative to the larger of both, so that what may be halved may be doubled again. The margin absorbs binary fractions:
# 0.29 of 100 is 28.999... to a computer.
- name: tooFar
  expression: >-
    !has(variables.limits.maxStep) ? [] : variables.numbers.filter(n,
      double(n.next > n.last ? n.next - n.last : n.last - n.next) >
      double(variables.limits.maxStep) * double(n.next > n.last ? n.next : n.last) + 0.000000001)
{{- end -}}
