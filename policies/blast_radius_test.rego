package autonomic_test

import data.autonomic

test_more_than_half_as_many_again_waits_for_a_person if {
	plan := changed(scale_plan, "/steps/0/replicas", {"before": 2, "after": 6})
	waits(plan, "large-scale-up", "scaling Deployment triage-agent from 2 to 6 replicas is more than 1.5 times")
	verdict(changed(scale_plan, "/steps/0/replicas", {"before": 2, "after": 3})) == "Approve"
}

test_an_administrator_chooses_the_largest_scale_up if {
	plan := changed(scale_plan, "/steps/0/replicas", {"before": 2, "after": 6})
	answer := autonomic.decision with input as plan with data.autonomic.config as {"maxScaleFactor": 3}
	answer.verdict == "Approve"
}

test_a_threshold_that_is_no_number_is_ignored if {
	plan := changed(scale_plan, "/steps/0/replicas", {"before": 2, "after": 6})
	answer := autonomic.decision with input as plan with data.autonomic.config as {"maxScaleFactor": "3"}
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
	waits(plan, "several-steps", "the plan has 2 steps, and only a plan of one step is approved without a person")
}

test_an_action_with_further_effects_waits_for_a_person if {
	plan := changed(restart_plan, "/steps/0/effects", ["DisableSecurityScanners"])
	waits(plan, "side-effects", "Restart of Deployment triage-agent has the effect DisableSecurityScanners")
}
