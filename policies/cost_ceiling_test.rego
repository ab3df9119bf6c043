package autonomic_test

import data.autonomic

ceiling := {"costCeiling": {"maxExtraPerDay": 20}}

test_a_plan_under_the_ceiling_may_go_ahead if {
	every cost in [-5, 0, 20] {
		configured_verdict(changed(scale_plan, "/cost", cost), ceiling) == "Approve"
	}
}

test_a_plan_above_the_ceiling_waits_for_a_person if {
	plan := changed(scale_plan, "/cost", 20.5)
	answer := autonomic.decision with input as plan with data.autonomic.config as ceiling
	answer.verdict == "RequireApproval"
	answer.rules == ["cost-ceiling"]
	answer.reasons == ["the plan is expected to cost 20.5 a day more, and policy alone spends at most 20"]
}

test_a_plan_whose_cost_is_unknown_waits_for_a_person if {
	every plan in [scale_plan, without(scale_plan, "/cost"), changed(scale_plan, "/cost", "3")] {
		answer := autonomic.decision with input as plan with data.autonomic.config as ceiling
		answer.reasons == ["the plan is expected to cost nobody knows what a day more, and policy alone spends at most 20"]
	}
}

test_a_ceiling_that_is_no_number_lets_nothing_pass if {
	plan := changed(scale_plan, "/cost", 1)
	every wrong in ["20", null, {}] {
		configured_verdict(plan, {"costCeiling": {"maxExtraPerDay": wrong}}) == "RequireApproval"
	}
}

test_without_a_ceiling_cost_is_not_asked_for if {
	verdict(changed(scale_plan, "/cost", 100000)) == "Approve"
	off := {"costCeiling": {"enabled": false, "maxExtraPerDay": 20}}
	configured_verdict(changed(scale_plan, "/cost", 100000), off) == "Approve"
}
