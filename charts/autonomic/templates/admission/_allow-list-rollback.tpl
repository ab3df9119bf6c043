{{/*
A Deployment whose owner annotated it allow-rollback=true may get another pod template as a whole, but none that has
rights which the present one has not.

What admission can't hold: that the template is that of the previous ReplicaSet (every parameter of a policy must pass, and
one of many is to match), and which Secrets of the namespace it mounts. That is the executor's; it is why owners opt in.
*/}}
{{- define "autonomic.allow.rollback.variables" -}}
- name: everyContainer
  expression: "variables.containers + variables.pod[?'initContainers'].orValue([])"
- name: everyOldContainer
  expression: "variables.oldContainers + variables.oldPod[?'initContainers'].orValue([])"
{{- end -}}

{{- define "autonomic.allow.rollback.validations" -}}
- expression: >-
    !variables.rollback ||
    (['serviceAccountName', 'serviceAccount', 'hostUsers'].all(f, variables.pod[?f] == variables.oldPod[?f]) &&
    (variables.pod[?'automountServiceAccountToken'] == variables.oldPod[?'automountServiceAccountToken'] ||
      !variables.pod[?'automountServiceAccountToken'].orValue(true)))
  reason: Forbidden
  messageExpression: >-
    'the operator may not roll ' + variables.target + ' back to another ServiceAccount: it has ' +
    variables.oldPod[?'serviceAccountName'].orValue('default') + ', the template ' +
    variables.pod[?'serviceAccountName'].orValue('default')
- expression: >-
    !variables.rollback || ['hostPID', 'hostNetwork', 'hostIPC'].all(f,
      !variables.pod[?f].orValue(false) || variables.oldPod[?f].orValue(false))
  reason: Forbidden
  messageExpression: >-
    'the operator may not roll ' + variables.target + ' back to a template with ' +
    ['hostPID', 'hostNetwork', 'hostIPC'].filter(f,
      variables.pod[?f].orValue(false) && !variables.oldPod[?f].orValue(false)).join(', ') + ': it has that not now'
- expression: >-
    !variables.rollback || variables.everyContainer.all(c,
      (!c.?securityContext.?privileged.orValue(false) ||
        variables.everyOldContainer.exists(o, o.name == c.name && o.?securityContext.?privileged.orValue(false))) &&
      c.?securityContext.?capabilities.?add.orValue([]).all(p, variables.everyOldContainer.exists(o,
        o.name == c.name && p in o.?securityContext.?capabilities.?add.orValue([]))))
  reason: Forbidden
  messageExpression: >-
    'the operator may not roll ' + variables.target +
    ' back to a template with a privileged container or added capabilities that it has not now'
- expression: >-
    !variables.rollback || variables.pod[?'volumes'].orValue([]).all(v, !has(v.hostPath) ||
      variables.oldPod[?'volumes'].orValue([]).exists(o, has(o.hostPath) && o.hostPath == v.hostPath))
  reason: Forbidden
  messageExpression: >-
    'the operator may not roll ' + variables.target + ' back to a template with a hostPath that it has not now'
{{- end -}}
