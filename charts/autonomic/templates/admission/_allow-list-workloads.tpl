{{/*
The pod template of a Deployment or StatefulSet: the restart mark, the label of a quarantine, and plain values of the
environment variables that the owner listed. Names that load code are never among them, whatever is listed; nor is
a value that expands another variable, which may hold a secret. Of resources, what is set and up to the most that the owner
wrote on the workload, at most twice or half of what it was.

What admission can't hold: what the application makes of a value.
*/}}
{{- define "autonomic.allow.workloads.variables" -}}
{{- $group := include "autonomic.group" . -}}
- name: workload
  expression: >-
    variables.changed && variables.what in ['apps/deployments', 'apps/statefulsets'] && 'template' in variables.changedFields
- name: rollback
  expression: >-
    variables.workload && variables.what == 'apps/deployments' &&
    variables.oldAnnotations[?'{{ $group }}/allow-rollback'].orValue('') == 'true'
- name: template
  expression: "variables.workload ? variables.spec.template : {}"
- name: oldTemplate
  expression: "variables.workload ? variables.oldSpec.template : {}"
- name: podMeta
  expression: "variables.template[?'metadata'].orValue({})"
- name: oldPodMeta
  expression: "variables.oldTemplate[?'metadata'].orValue({})"
- name: podAnnotations
  expression: "variables.podMeta[?'annotations'].orValue({})"
- name: oldPodAnnotations
  expression: "variables.oldPodMeta[?'annotations'].orValue({})"
- name: podLabels
  expression: "variables.podMeta[?'labels'].orValue({})"
- name: oldPodLabels
  expression: "variables.oldPodMeta[?'labels'].orValue({})"
- name: quarantines
  expression: >-
    variables.oldAnnotations[?'{{ $group }}/allow-quarantine'].orValue('') == 'true' &&
    variables.podLabels[?'{{ $group }}/quarantined'].orValue('true') == 'true'
- name: pod
  expression: "variables.template[?'spec'].orValue({})"
- name: oldPod
  expression: "variables.oldTemplate[?'spec'].orValue({})"
- name: containers
  expression: "variables.pod[?'containers'].orValue([])"
- name: oldContainers
  expression: "variables.oldPod[?'containers'].orValue([])"
- name: sizes
  expression: "variables.containers.map(c, [dyn(c.?resources.?limits.orValue({})), dyn(c.?resources.?requests.orValue({}))])"
- name: oldSizes
  expression: "variables.oldContainers.map(c, [dyn(c.?resources.?limits.orValue({})), dyn(c.?resources.?requests.orValue({}))])"
- name: writableEnv
  expression: >-
    variables.oldAnnotations[?'{{ $group }}/writable-env'].orValue('').split(',').map(n, n.trim()).filter(n, n != '' &&
    !n.matches('{{ include "autonomic.codeLoadingNames" . }}'))
{{- end -}}

{{/* Variables by which a loader, a shell or an interpreter runs code or finds programs: a regular expression. */}}
{{- define "autonomic.codeLoadingNames" -}}
^(?i)(LD_.*|DYLD_.*|GLIBC_TUNABLES|GCONV_PATH|PATH|ENV|BASH_.*|SHELLOPTS|BASHOPTS|PS4|IFS|PROMPT_COMMAND|PYTHON.*|PERL.*|RUBY.*|GEM_.*|NODE_(OPTIONS|PATH)|NPM_.*|.*JAVA_.*OPT.*|JDK_.*|JVM_.*|CLASSPATH|CATALINA_.*|MAVEN_.*|GRADLE_.*|PHP.*|LUA_.*|DOTNET_.*|CORECLR_.*|COMPLUS_.*|GIT_.*|OPENSSL_.*|SSLKEYLOGFILE|.*EDITOR|PAGER|SHELL)$
{{- end -}}

{{- define "autonomic.allow.workloads.validations" -}}
{{- $group := include "autonomic.group" . -}}
- expression: >-
    !variables.workload || variables.rollback ||
    ((variables.podMeta.map(k, k) + variables.oldPodMeta.map(k, k)).all(k, k in ['annotations', 'labels'] ||
      variables.podMeta[?k] == variables.oldPodMeta[?k]) &&
    (variables.podAnnotations.map(k, k) + variables.oldPodAnnotations.map(k, k)).all(k, k == '{{ $group }}/restartedAt' ||
      variables.podAnnotations[?k] == variables.oldPodAnnotations[?k]) &&
    (variables.podLabels.map(k, k) + variables.oldPodLabels.map(k, k)).all(k,
      (k == '{{ $group }}/quarantined' && variables.quarantines) || variables.podLabels[?k] == variables.oldPodLabels[?k]))
  reason: Forbidden
  messageExpression: >-
    'the operator may not change the pod template of ' + variables.target +
    ': of its metadata it changes only the annotation {{ $group }}/restartedAt and, where the object is annotated ' +
    '{{ $group }}/allow-quarantine=true, the label {{ $group }}/quarantined=true'
- expression: >-
    !variables.workload || variables.rollback ||
    ((variables.template.map(k, k) + variables.oldTemplate.map(k, k)).all(k, k in ['metadata', 'spec'] ||
      variables.template[?k] == variables.oldTemplate[?k]) &&
    (variables.pod.map(k, k) + variables.oldPod.map(k, k)).all(k, k == 'containers' ||
      variables.pod[?k] == variables.oldPod[?k]) &&
    variables.containers.size() == variables.oldContainers.size() &&
    lists.range(variables.containers.size()).all(i,
      (variables.containers[i].map(k, k) + variables.oldContainers[i].map(k, k)).all(k, k in ['env', 'resources'] ||
        variables.containers[i][?k] == variables.oldContainers[i][?k]) &&
      variables.containers[i].?env.orValue([]).filter(e, !(e.name in variables.writableEnv)) ==
      variables.oldContainers[i].?env.orValue([]).filter(e, !(e.name in variables.writableEnv))))
  reason: Forbidden
  messageExpression: >-
    'the operator may not change the pod template of ' + variables.target +
    ': of its containers it changes only variables that {{ $group }}/writable-env lists and that load no code (' +
    variables.writableEnv.join(', ') + ')'
- expression: >-
    !variables.workload || variables.rollback || variables.containers.size() != variables.oldContainers.size() ||
    lists.range(variables.containers.size()).all(i,
      variables.containers[i].?env.orValue([]).all(e,
        !(e.name in variables.writableEnv) || e in variables.oldContainers[i].?env.orValue([]) ||
        (e.all(k, k in ['name', 'value']) && !e.?value.orValue('').contains('$('))) &&
      variables.oldContainers[i].?env.orValue([]).all(e,
        !(e.name in variables.writableEnv) || e in variables.containers[i].?env.orValue([]) ||
        (e.all(k, k in ['name', 'value']) && !e.?value.orValue('').contains('$('))))
  reason: Forbidden
  messageExpression: >-
    'the operator may not change the pod template of ' + variables.target +
    ': it writes plain values of variables, and only over plain values: no valueFrom, no $(REFERENCE)'
- expression: >-
    !variables.workload || variables.rollback || variables.containers.size() != variables.oldContainers.size() ||
    lists.range(variables.containers.size()).all(i,
      (variables.containers[i].?resources.orValue({}).map(k, k) +
      variables.oldContainers[i].?resources.orValue({}).map(k, k)).all(k, k in ['limits', 'requests'] ||
        variables.containers[i].?resources[?k] == variables.oldContainers[i].?resources[?k]) &&
      [0, 1].all(s,
        (variables.sizes[i][s].map(k, string(k)) + variables.oldSizes[i][s].map(k, string(k))).all(k,
          variables.sizes[i][s][?k] == variables.oldSizes[i][s][?k] ||
          (k in ['memory', 'cpu'] && k in variables.sizes[i][s] && k in variables.oldSizes[i][s] &&
          isQuantity(variables.oldAnnotations[?'{{ $group }}/max-' + k].orValue('none')) &&
          !quantity(string(variables.sizes[i][s][k])).isGreaterThan(quantity(variables.oldAnnotations['{{ $group }}/max-' + k])) &&
          !quantity(string(variables.sizes[i][s][k])).sub(quantity(string(variables.oldSizes[i][s][k]))).isGreaterThan(
            quantity(string(variables.oldSizes[i][s][k]))) &&
          !quantity(string(variables.oldSizes[i][s][k])).sub(quantity(string(variables.sizes[i][s][k]))).isGreaterThan(
            quantity(string(variables.sizes[i][s][k])))))))
  reason: Forbidden
  messageExpression: >-
    'the operator may not change the pod template of ' + variables.target +
    ': of resources it changes only cpu and memory that are set, at most to twice or half of what they are, up to ' +
    '{{ $group }}/max-cpu (' + variables.oldAnnotations[?'{{ $group }}/max-cpu'].orValue('none') + ') and ' +
    '{{ $group }}/max-memory (' + variables.oldAnnotations[?'{{ $group }}/max-memory'].orValue('none') + ')'
{{- end -}}
