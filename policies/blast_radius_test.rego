package autonomic_test

import data.autonomic

test_more_than_half_as_many_again_waits_for_a_person if {
	plan := changed(scale_plan, "/steps/0/replicas", {"before": 2, "after": 6})
	waits(plan, "large-scale-up", "scaling Deployment triage-agent from 2 to 6 replicas is more than 1.5 times")
	verdict(changed(scale_plan, "/steps/0/replicas", {"before": 2, "after": 3})) == "Approve"
}

test_an_administrator_chooses_the_largest_scale_up if {
	plan := changed(scale_plan, "/steps/0/replicas", {"before": 2, "after": 6})
	answer := autonomic.decision with input as plan with data.autonomic.config as {"blastRadius": {"maxScaleFactor": 3}}
	answer.verdict == "Approve"
}

test_a_threshold_that_is_no_number_is_ignored if {
	plan := changed(scale_plan, "/steps/0/replicas", {"before": 2, "after": 6})
	answer := autonomic.decision with input as plan with data.autonomic.config as {"blastRadius": {"maxScaleFactor": "3"}}
	answer.verdict == "RequireApproval"
}

test_starting_a_stopped_workload_waits_for_a_person if {
	plan := changed(scale_plan, "/steps/0/replicas", {"before": 0, "after": 1})
	waits(plan, "large-scale-up", "scaling Deployment triage-agent from 0 to 1 replicas is more than 1.5 times")
}

test_taking_replicas_away_waits_for_a_person if {
	plan := changed(scale_plan, "/steps/0/replicas", {"before": 6, "after": 5})
	waits(plan, "scale-down", "scaling Deployment triage-agent from 6 to 5 replicas removes capacity")
}

test_several_steps_wait_for_a_person if {
	plan := changed(restart_plan, "/steps/-", restart_plan.steps[0])
	waits(plan, "several-steps", "the plan has 2 steps, and policy alone approves at most 1")
	configured_verdict(plan, {"blastRadius": {"maxSteps": 2}}) == "Approve"
}

test_many_objects_wait_for_a_person if {
	plan := changed(restart_plan, "/steps/-", changed(restart_plan.steps[0], "/target/name", "other"))
	config := {"blastRadius": {"maxSteps": 8}}
	answer := autonomic.decision with input as plan with data.autonomic.config as config
	answer.rules == ["many-workloads"]
	answer.reasons == ["the plan touches 2 objects, and policy alone approves at most 1 in namespace shop"]
	configured_verdict(changed(plan, "/namespace/workloads", 19), config) == "RequireApproval"
	configured_verdict(changed(plan, "/namespace/workloads", 20), config) == "Approve"
	half := {"blastRadius": {"maxSteps": 8, "maxWorkloadShare": 0.5}}
	configured_verdict(changed(plan, "/namespace/workloads", 4), half) == "Approve"
}

test_one_object_is_never_too_many if {
	verdict(changed(restart_plan, "/namespace/workloads", 0)) == "Approve"
	verdict(without(restart_plan, "/namespace/workloads")) == "Approve"
}

test_moving_much_traffic_waits_for_a_person if {
	plan := changed(shift_plan, "/steps/0/traffic", 11)
	waits(plan, "much-traffic", "ShiftTraffic of HTTPRoute triage moves 11% of the traffic, and policy alone moves at most 10%")
	configured_verdict(plan, {"blastRadius": {"maxTrafficPercent": 11}}) == "Approve"
	waits(
		changed(changed(scale_plan, "/steps/0/action", "ShedLoad"), "/steps/0/traffic", 50), "much-traffic",
		"ShedLoad of Deployment triage-agent moves 50% of the traffic, and policy alone moves at most 10%",
	)
}

test_the_pack_can_be_switched_off_but_effects_still_wait if {
	off := {"blastRadius": {"enabled": false, "maxSteps": 1}}
	shed := changed(changed(scale_plan, "/steps/0/action", "ShedLoad"), "/steps/0/traffic", 50)
	configured_verdict(shed, off) == "Approve"
	two := changed(restart_plan, "/steps/-", changed(restart_plan.steps[0], "/target/name", "other"))
	configured_verdict(two, off) == "Approve"
	configured_verdict(changed(restart_plan, "/steps/0/effects", ["GrantAdminAccess"]), off) == "RequireApproval"
	large := autonomic.concerns with input as changed(scale_plan, "/steps/0/replicas/after", 40) with data.autonomic.config as off
	count(large) == 0
	down := autonomic.concerns with input as changed(scale_plan, "/steps/0/replicas/after", 2) with data.autonomic.config as off
	count(down) == 0
}

test_an_action_with_further_effects_waits_for_a_person if {
	plan := changed(restart_plan, "/steps/0/effects", ["DisableSecurityScanners"])
	waits(plan, "side-effects", "Restart of Deployment triage-agent has the effect DisableSecurityScanners")
}
