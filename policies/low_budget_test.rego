package autonomic_test

import data.autonomic

test_scaling_with_little_budget_left_waits_for_a_person if {
	plan := changed(scale_plan, "/budget/remaining", 0.0712)
	waits(plan, "budget-low", "7.1% of the error budget is left, and Scale alone needs more than 10%")
	verdict(changed(scale_plan, "/budget/remaining", 0.1)) == "RequireApproval"
	verdict(changed(scale_plan, "/budget/remaining", -0.5)) == "RequireApproval"
	verdict(changed(scale_plan, "/budget/remaining", 0.11)) == "Approve"
}

test_an_administrator_chooses_how_much_budget_must_be_left if {
	answer := autonomic.decision with input as scale_plan with data.autonomic.config as {"lowBudget": {"minRemaining": 0.9}}
	answer.reasons == ["80% of the error budget is left, and Scale alone needs more than 90%"]
}

test_scaling_with_an_unknown_budget_waits_for_a_person if {
	reason := "the error budget that is left is not known, and Scale alone depends on it"
	every budget in [null, {}, {"remaining": "0.8"}] {
		waits(changed(scale_plan, "/budget", budget), "budget-unknown", reason)
	}
}

test_a_restart_does_not_depend_on_the_budget if {
	verdict(changed(restart_plan, "/budget", {"remaining": 0.01})) == "Approve"
}

test_every_other_action_depends_on_it if {
	every action in ["ThrottleQueue", "ShedLoad", "DegradedMode", "Retry", "ShiftTraffic"] {
		plan := changed(changed(shift_plan, "/steps/0/action", action), "/budget/remaining", 0.05)
		"budget-low" in decided(plan).rules
		"budget-unknown" in decided(changed(plan, "/budget", null)).rules
	}
}

test_an_administrator_names_what_does_not_depend_on_it if {
	plan := changed(changed(scale_plan, "/steps/0/action", "ShedLoad"), "/budget", null)
	configured_verdict(plan, {"lowBudget": {"exempt": ["ShedLoad"]}}) == "Approve"
	restart := changed(restart_plan, "/budget", {"remaining": 0.01})
	configured_verdict(restart, {"lowBudget": {"exempt": ["ShedLoad"]}}) == "RequireApproval"
}

test_the_pack_of_the_budget_can_be_switched_off if {
	off := {"lowBudget": {"enabled": false}}
	configured_verdict(changed(scale_plan, "/budget", null), off) == "Approve"
	configured_verdict(changed(scale_plan, "/budget/remaining", 0.01), off) == "Approve"
}
