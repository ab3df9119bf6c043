{{/*
Queues are slowed down, never emptied: no eviction, no dropping, no limit of 0.

What admission can't hold: that a tenant's ClusterQueue is that tenant's (it is in no namespace, so admission sees no
labels), and which RabbitMQ policy wins where several match a queue.
*/}}
{{- define "autonomic.allow.queues.variables" -}}
- name: clusterQueue
  expression: variables.changed && variables.what == 'kueue.x-k8s.io/clusterqueues'
- name: groups
  expression: "variables.clusterQueue ? variables.spec[?'resourceGroups'].orValue([]) : []"
- name: oldGroups
  expression: "variables.clusterQueue ? variables.oldSpec[?'resourceGroups'].orValue([]) : []"
# The same flavors and resources in the same places. CEL knows no recursion: one variable for each depth.
- name: sameGroups
  expression: >-
    variables.groups.size() == variables.oldGroups.size() && lists.range(variables.groups.size()).all(i,
      (variables.groups[i].map(k, k) + variables.oldGroups[i].map(k, k)).all(k, k == 'flavors' ||
        variables.groups[i][?k] == variables.oldGroups[i][?k]) &&
      variables.groups[i].?flavors.orValue([]).size() == variables.oldGroups[i].?flavors.orValue([]).size())
- name: sameFlavors
  expression: >-
    variables.sameGroups && lists.range(variables.groups.size()).all(i,
      lists.range(variables.groups[i].?flavors.orValue([]).size()).all(j,
        (variables.groups[i].flavors[j].map(k, k) + variables.oldGroups[i].flavors[j].map(k, k)).all(k, k == 'resources' ||
          variables.groups[i].flavors[j][?k] == variables.oldGroups[i].flavors[j][?k]) &&
        variables.groups[i].flavors[j].?resources.orValue([]).size() ==
        variables.oldGroups[i].flavors[j].?resources.orValue([]).size()))
- name: rabbit
  expression: variables.changed && variables.what == 'rabbitmq.com/policies'
- name: definition
  expression: "variables.rabbit ? variables.spec[?'definition'].orValue({}) : {}"
- name: oldDefinition
  expression: "variables.rabbit ? variables.oldSpec[?'definition'].orValue({}) : {}"
- name: kafka
  expression: variables.changed && variables.what == 'kafka.strimzi.io/kafkausers'
- name: quotas
  expression: "variables.kafka ? variables.spec[?'quotas'].orValue({}) : {}"
- name: oldQuotas
  expression: "variables.kafka ? variables.oldSpec[?'quotas'].orValue({}) : {}"
{{- end -}}

{{- define "autonomic.allow.queues.validations" -}}
{{- $group := include "autonomic.group" . -}}
- expression: >-
    !variables.changed || variables.what != 'kueue.x-k8s.io/localqueues' || !('stopPolicy' in variables.changedFields) ||
    variables.spec[?'stopPolicy'].orValue('None') in ['None', 'Hold']
  reason: Forbidden
  messageExpression: >-
    'the operator may not set stopPolicy of ' + variables.target + ' to ' + variables.spec[?'stopPolicy'].orValue('None') +
    ': it sets None or Hold, and evicts nothing'
- expression: "!variables.clusterQueue || variables.oldAnnotations[?'{{ $group }}/tenant'].orValue('') != ''"
  reason: Forbidden
  messageExpression: >-
    'the operator may not change ' + variables.target + ': it is not annotated {{ $group }}/tenant=NAMESPACE'
- expression: >-
    !variables.clusterQueue || (variables.sameFlavors && lists.range(variables.groups.size()).all(i,
      lists.range(variables.groups[i].?flavors.orValue([]).size()).all(j,
        lists.range(variables.groups[i].flavors[j].?resources.orValue([]).size()).all(l,
          (variables.groups[i].flavors[j].resources[l].map(k, k) +
          variables.oldGroups[i].flavors[j].resources[l].map(k, k)).all(k, k == 'nominalQuota' ||
            variables.groups[i].flavors[j].resources[l][?k] == variables.oldGroups[i].flavors[j].resources[l][?k])))))
  reason: Forbidden
  messageExpression: >-
    'the operator may not change the resource groups of ' + variables.target + ', but for nominalQuota'
- expression: >-
    !variables.rabbit || (variables.definition.map(k, k) + variables.oldDefinition.map(k, k)).all(k,
      k == 'max-length' || variables.definition[?k] == variables.oldDefinition[?k])
  reason: Forbidden
  messageExpression: >-
    'the operator may not change the definition of ' + variables.target + ', but for max-length'
- expression: >-
    !variables.rabbit || variables.definition == variables.oldDefinition ||
    (variables.definition[?'overflow'].orValue('') == 'reject-publish' && int(variables.definition[?'max-length'].orValue(1)) >= 1)
  reason: Forbidden
  messageExpression: >-
    'the operator may not limit ' + variables.target + ' to ' + (variables.definition[?'max-length'].hasValue() ? string(int(variables.definition['max-length'])) : 'none') +
    ' with overflow ' + variables.definition[?'overflow'].orValue('drop-head') +
    ': it limits only what rejects publishers, to at least 1, and drops nothing'
- expression: >-
    !variables.changed || variables.what != 'jetstream.nats.io/consumers' || !('maxAckPending' in variables.changedFields) ||
    variables.spec[?'maxAckPending'].orValue(1) != 0
  reason: Forbidden
  messageExpression: >-
    'the operator may not set maxAckPending of ' + variables.target + ' to 0: that is no limit but the default'
- expression: >-
    !variables.kafka || (variables.quotas.map(k, k) + variables.oldQuotas.map(k, k)).all(k,
      (k in ['producerByteRate', 'consumerByteRate'] && int(variables.quotas[?k].orValue(1)) >= 1) ||
      variables.quotas[?k] == variables.oldQuotas[?k])
  reason: Forbidden
  messageExpression: >-
    'the operator may not change the quotas of ' + variables.target +
    ', but for producerByteRate and consumerByteRate, to at least 1'
- expression: >-
    !variables.changed || variables.what != 'actions.github.com/autoscalingrunnersets' ||
    !('maxRunners' in variables.changedFields) || !(has(variables.spec.maxRunners)) ||
    (variables.spec.maxRunners >= 1 && variables.spec.maxRunners >= variables.spec[?'minRunners'].orValue(0))
  reason: Forbidden
  messageExpression: >-
    'the operator may not set maxRunners of ' + variables.target + ' to ' + string(variables.spec.maxRunners) +
    ': the least is 1, and no fewer than its minRunners ' + string(variables.spec[?'minRunners'].orValue(0))
{{- end -}}
