# The plans that the tests start from. Each is approved as it stands, so that a test shows the one thing it changes.
package autonomic_test

import data.autonomic

restart_plan := {
	"now": "2026-11-22T10:00:00Z",
	"mode": "Enforce",
	"plan": {
		"name": "triage-agent-1",
		"controlLoop": "healing",
		"expiresAt": "2026-11-22T10:30:00Z",
		"trigger": {
			"type": "Signal",
			"signal": {"playbook": "stuck", "trigger": "stuck", "value": "3", "since": "2026-11-22T09:59:00Z"},
		},
		"requiresPerson": false,
		"approvals": [],
	},
	"namespace": {"name": "shop", "labels": {"autonomic.maestro.dev/enabled": "true"}, "workloads": 1},
	"contract": null,
	"budget": null,
	"cost": null,
	"steps": [{
		"action": "Restart",
		"summary": "restart Deployment triage-agent",
		"target": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "triage-agent", "labels": {}},
		"effects": [],
		"replicas": null,
		"traffic": null,
	}],
}

scale_plan := json.patch(restart_plan, [
	{"op": "replace", "path": "/plan/controlLoop", "value": "reliability"},
	{"op": "replace", "path": "/contract", "value": {"name": "triage", "tier": "Silver", "annotations": {}}},
	{"op": "replace", "path": "/budget", "value": {"remaining": 0.8}},
	{"op": "replace", "path": "/steps/0/action", "value": "Scale"},
	{"op": "replace", "path": "/steps/0/replicas", "value": {"before": 4, "after": 6}},
])

shift_plan := json.patch(scale_plan, [
	{"op": "replace", "path": "/steps/0/action", "value": "ShiftTraffic"},
	{"op": "replace", "path": "/steps/0/target/kind", "value": "HTTPRoute"},
	{"op": "replace", "path": "/steps/0/target/name", "value": "triage"},
	{"op": "replace", "path": "/steps/0/replicas", "value": null},
	{"op": "replace", "path": "/steps/0/traffic", "value": 10},
])

environment := "/namespace/labels/autonomic.maestro.dev~1environment"

changed(plan, path, value) := json.patch(plan, [{"op": "add", "path": path, "value": value}])

without(plan, path) := json.patch(plan, [{"op": "remove", "path": path}])

decided(plan) := answer if {
	answer := autonomic.decision with input as plan
}

configured_verdict(plan, config) := answer.verdict if {
	answer := autonomic.decision with input as plan with data.autonomic.config as config
}

# What else a decision says of its verdict must agree with it, in every test.
verdict(plan) := answer.verdict if {
	answer := decided(plan)
	object.keys(answer) == {"allow", "verdict", "reasons", "rules", "reviewers", "revision"}
	agree(answer)
	count(answer.reasons) > 0
	count(answer.rules) == count(answer.reasons)
	answer.reviewers in {1, 2, 3, 4, 5}
}

agree(answer) if {
	answer.allow
	answer.verdict == "Approve"
}

agree(answer) if {
	not answer.allow
	answer.verdict != "Approve"
}

denied(plan, rule, reason) if {
	verdict(plan) == "Deny"
	rule in decided(plan).rules
	reason in decided(plan).reasons
}

waits(plan, rule, reason) if {
	verdict(plan) == "RequireApproval"
	decided(plan).rules == [rule]
	decided(plan).reasons == [reason]
}
