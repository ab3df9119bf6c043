{{/*
HTTPRoutes, GRPCRoutes and AIGatewayRoutes: the weights of the backends that are there. Lists are compared place by place.
A rule whose weights sum to 0 answers every request with an error, so the sum may not become 0.
An HTTPRoute that an AIGatewayRoute makes is written over by what made it.
*/}}
{{- define "autonomic.allow.routes.variables" -}}
- name: route
  expression: variables.changed && request.resource.group in ['gateway.networking.k8s.io', 'aigateway.envoyproxy.io']
- name: maker
  expression: >-
    !variables.route ? [] : variables.oldMeta[?'ownerReferences'].orValue([]).filter(r, r.?controller.orValue(false) &&
      r.kind == 'AIGatewayRoute' && r.apiVersion.startsWith('aigateway.envoyproxy.io/')).map(r, r.name)
- name: routeRules
  expression: "variables.route ? variables.spec[?'rules'].orValue([]) : []"
- name: oldRouteRules
  expression: "variables.route ? variables.oldSpec[?'rules'].orValue([]) : []"
- name: sameBackends
  expression: >-
    variables.routeRules.size() == variables.oldRouteRules.size() && lists.range(variables.routeRules.size()).all(i,
      variables.routeRules[i].?backendRefs.orValue([]).size() == variables.oldRouteRules[i].?backendRefs.orValue([]).size())
{{- end -}}

{{- define "autonomic.allow.routes.validations" -}}
- expression: "!variables.route || variables.maker.size() == 0"
  reason: Forbidden
  messageExpression: >-
    'the operator may not change ' + variables.target + ', which AIGatewayRoute ' + variables.maker[0] +
    ' makes: its weights are those of the AIGatewayRoute'
- expression: >-
    !variables.route || (variables.sameBackends && lists.range(variables.routeRules.size()).all(i,
      (variables.routeRules[i].map(k, k) + variables.oldRouteRules[i].map(k, k)).all(k, k == 'backendRefs' ||
        variables.routeRules[i][?k] == variables.oldRouteRules[i][?k])))
  reason: Forbidden
  messageExpression: >-
    'the operator may not change the rules of ' + variables.target + ', but for the weights of their backends'
- expression: >-
    !variables.route || !variables.sameBackends || lists.range(variables.routeRules.size()).all(i,
      lists.range(variables.routeRules[i].?backendRefs.orValue([]).size()).all(j,
        (variables.routeRules[i].backendRefs[j].map(k, k) + variables.oldRouteRules[i].backendRefs[j].map(k, k)).all(k,
          k == 'weight' || variables.routeRules[i].backendRefs[j][?k] == variables.oldRouteRules[i].backendRefs[j][?k])))
  reason: Forbidden
  messageExpression: >-
    'the operator may not change the backends of ' + variables.target + ', but for their weights'
- expression: >-
    !variables.route || !variables.sameBackends || lists.range(variables.routeRules.size()).all(i,
      variables.routeRules[i].?backendRefs.orValue([]) == variables.oldRouteRules[i].?backendRefs.orValue([]) ||
      variables.routeRules[i].?backendRefs.orValue([]).exists(b, b.?weight.orValue(1) > 0))
  reason: Forbidden
  messageExpression: >-
    'the operator may not set every weight of a rule of ' + variables.target + ' to 0: all its requests would fail'
{{- end -}}
