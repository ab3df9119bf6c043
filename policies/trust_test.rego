package autonomic_test

import data.autonomic

test_in_propose_every_plan_waits_for_a_person if {
	plan := changed(restart_plan, "/mode", "Propose")
	waits(plan, "mode", "the mode in force is Propose: every plan waits for a person")
}

test_an_unknown_mode_waits_for_a_person if {
	verdict(changed(restart_plan, "/mode", "Enforced")) == "RequireApproval"
	waits(without(restart_plan, "/mode"), "mode", "the mode in force is unknown: every plan waits for a person")
}

test_a_plan_made_to_wait_for_a_person_waits if {
	waits(changed(restart_plan, "/plan/requiresPerson", true), "requires-person", "the plan was made to wait for a person")
	verdict(without(restart_plan, "/plan/requiresPerson")) == "RequireApproval"
}

test_scaling_with_little_budget_left_waits_for_a_person if {
	plan := changed(scale_plan, "/budget/remaining", 0.0712)
	waits(plan, "budget-low", "7.1% of the error budget is left, and scaling alone needs more than 10%")
	verdict(changed(scale_plan, "/budget/remaining", 0.1)) == "RequireApproval"
	verdict(changed(scale_plan, "/budget/remaining", -0.5)) == "RequireApproval"
	verdict(changed(scale_plan, "/budget/remaining", 0.11)) == "Approve"
}

test_an_administrator_chooses_how_much_budget_must_be_left if {
	answer := autonomic.decision with input as scale_plan with data.autonomic.config as {"minBudgetRemaining": 0.9}
	answer.reasons == ["80% of the error budget is left, and scaling alone needs more than 90%"]
}

test_scaling_with_an_unknown_budget_waits_for_a_person if {
	reason := "the error budget that is left is not known, and scaling alone depends on it"
	every budget in [null, {}, {"remaining": "0.8"}] {
		waits(changed(scale_plan, "/budget", budget), "budget-unknown", reason)
	}
}

test_a_restart_does_not_depend_on_the_budget if {
	verdict(changed(restart_plan, "/budget", {"remaining": 0.01})) == "Approve"
}
