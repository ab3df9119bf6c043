{{/*
Time, by the server's own clock: it stamps the time of this very write on the fields that the write changes, under the field
manager that the allow-list demands, and the allow-list keeps these times from being stripped or set back.

What runs may finish: the next step of the plan that wrote last, or its undoing. The numbers of steps only rise, and then
only fall, so that no operator can go on like that for ever.

What admission can't hold: a cool-down counts from our last write, not from the end of its plan (the gate does that), and
is lost where others took over every field that we wrote; a retry makes a new Job, which has no last write.
*/}}
{{- define "autonomic.redlines.times" -}}
{{- $group := include "autonomic.group" . -}}
- name: cooldown
  expression: "variables.bound && request.operation == 'UPDATE' ? variables.limits.?cooldown.orValue('') : ''"
# CEL knows no unit above the hour.
- name: rest
  expression: >-
    duration(string(
      int('0' + variables.cooldown.find('[0-9]+w').replace('w', '')) * 604800 +
      int('0' + variables.cooldown.find('[0-9]+d').replace('d', '')) * 86400) + 's') +
    duration(variables.cooldown.find('[0-9hms]*$') == '' ? '0s' : variables.cooldown.find('[0-9hms]*$'))
- name: freezeDays
  expression: 'variables.bound ? params.spec.?freezeDays.orValue([]) : []'
- name: weekdays
  expression: "['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']"
# The server's entry for this write: there is one for each manager, operation and version.
- name: times
  expression: >-
    variables.next.metadata.?managedFields.orValue([]).filter(m, m.manager == 'autonomic' && m.operation == 'Update' &&
      !has(m.subresource) && has(m.time) && m.apiVersion ==
      (request.requestKind.group == '' ? '' : request.requestKind.group + '/') + request.requestKind.version
    ).map(m, timestamp(m.time))
- name: lastTimes
  expression: >-
    variables.last == null ? [] : variables.last.metadata.?managedFields.orValue([]).filter(m,
      m.manager == 'autonomic' && m.?subresource.orValue('') != 'status' && has(m.time)).map(m, timestamp(m.time))
- name: since
  expression: variables.times.map(n, variables.lastTimes.map(t, n - t)).map(d, d.size() > 0, d.min())
- name: op
  expression: "variables.next.metadata.?annotations[?'{{ $group }}/op-id'].orValue('').split('/')"
- name: lastOp
  expression: >-
    variables.last == null ? [''] : variables.last.metadata.?annotations[?'{{ $group }}/op-id'].orValue('').split('/')
- name: continues
  expression: >-
    [variables.op, variables.lastOp].all(o, o.size() in [2, 3] && o[0] != '' && o[1].matches('^[0-9]{1,2}$') &&
      (o.size() == 2 || o[2] == 'undo')) &&
    variables.op[0] == variables.lastOp[0] && (
      variables.op.size() == 3
      ? variables.lastOp.size() == 2 || int(variables.op[1]) < int(variables.lastOp[1])
      : variables.lastOp.size() == 2 && int(variables.op[1]) > int(variables.lastOp[1]))
{{- end -}}
