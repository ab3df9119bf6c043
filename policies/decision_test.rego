package autonomic_test

import data.autonomic

test_an_empty_question_is_denied if verdict({}) == "Deny"

test_no_question_at_all_is_denied if autonomic.decision.verdict == "Deny"

test_the_strictest_verdict_wins if {
	plan := changed(changed(scale_plan, "/mode", "Propose"), "/steps/0/replicas/after", 0)
	verdict(plan) == "Deny"
	decided(plan).rules == ["scale-to-zero"]
}

test_every_step_needs_a_permit if {
	plan := changed(restart_plan, "/plan/controlLoop", "reliability")
	waits(plan, "no-permit", "no rule approves this without a person")
}

test_a_permit_for_one_step_does_not_cover_another if {
	another := changed(restart_plan.steps[0], "/target/kind", "StatefulSet")
	plan := changed(restart_plan, "/steps/-", another)
	answer := autonomic.decision with input as plan with autonomic.concerns as set()
	answer.verdict == "RequireApproval"
}

test_leaving_anything_out_of_a_question_never_loosens_the_answer if {
	cautious := [
		changed(scale_plan, "/contract/tier", "Gold"),
		changed(scale_plan, "/budget/remaining", 0.01),
		changed(scale_plan, "/steps/0/replicas/after", 7),
		changed(scale_plan, "/steps/0/effects", ["DisableSecurityScanners"]),
		changed(scale_plan, "/steps/0/action", "Retry"),
		changed(shift_plan, "/steps/0/traffic", 30),
		changed(restart_plan, "/mode", "Propose"),
		changed(restart_plan, "/plan/requiresPerson", true),
		changed(restart_plan, "/plan/controlLoop", "reliability"),
	]
	every plan in cautious {
		verdict(plan) == "RequireApproval"
		every path in leaves(plan) { not decided(json.remove(plan, [path])).allow }
	}
}

leaves(plan) := [path |
	[path, value] := walk(plan)
	not is_object(value)
	not is_array(value)
	path != ["steps", 0, "effects", 0]
]

test_production_waits_whatever_else_is_left_out if {
	plan := changed(scale_plan, environment, "production")
	label := ["namespace", "labels", "autonomic.maestro.dev/environment"]
	others := [path | some path in leaves(plan); path != label]
	every path in others { not decided(json.remove(plan, [path])).allow }
}

test_each_rule_stands_beside_its_reason if {
	answer := decided(changed(changed(scale_plan, "/mode", "Propose"), "/budget/remaining", 0.01))
	answer.rules == ["budget-low", "mode"]
	startswith(answer.reasons[0], "1% of the error budget")
	startswith(answer.reasons[1], "the mode in force")
}

test_a_long_list_of_reasons_ends_with_how_many_are_left_out if {
	steps := [changed(restart_plan.steps[0], "/action", sprintf("Invent%v", [number])) | some number in numbers.range(0, 19)]
	answer := decided(changed(restart_plan, "/steps", steps))
	answer.verdict == "Deny"
	count(answer.reasons) == 16
	answer.reasons[15] == "and 5 more reasons"
	answer.rules[15] == "more"
	whole := decided(changed(restart_plan, "/steps", array.slice(steps, 0, 16)))
	count(whole.reasons) == 16
	not "and 1 more reasons" in whole.reasons
}

test_an_answer_carries_the_revision_of_the_policies if {
	answer := autonomic.decision with input as restart_plan with data.autonomic.policy as {"revision": "abc"}
	answer.revision == "abc"
}

test_policies_without_a_revision_say_so if decided(restart_plan).revision == "unversioned"

test_a_revision_that_is_no_word_is_not_taken_over if {
	every revision in ["", 7, null] {
		answer := autonomic.decision with input as restart_plan with data.autonomic.policy as {"revision": revision}
		answer.revision == "unversioned"
	}
}
