{{/* Bounds of HorizontalPodAutoscalers and ScaledObjects. A maximum of 0 would be a stop, not a bound. */}}
{{- define "autonomic.allow.autoscalers.validations" -}}
- expression: >-
    !variables.changed || !(variables.what in ['autoscaling/horizontalpodautoscalers', 'keda.sh/scaledobjects']) ||
    ['maxReplicas', 'maxReplicaCount'].all(f, !(f in variables.changedFields) || variables.spec[?f].orValue(1) >= 1)
  reason: Forbidden
  messageExpression: >-
    'the operator may not set the maximum of ' + variables.target + ' to ' +
    string(variables.spec[?'maxReplicaCount'].orValue(variables.spec[?'maxReplicas'].orValue(0))) + ': the least is 1'
- expression: >-
    !variables.changed || variables.what != 'keda.sh/scaledobjects' ||
    variables.annotations[?'autoscaling.keda.sh/paused-scale-out'].orValue('true') in ['true', 'false'] ||
    variables.annotations[?'autoscaling.keda.sh/paused-scale-out'] ==
    variables.oldAnnotations[?'autoscaling.keda.sh/paused-scale-out']
  reason: Forbidden
  messageExpression: >-
    'the operator may set autoscaling.keda.sh/paused-scale-out of ' + variables.target + ' to true or false alone'
{{- end -}}
