package autonomic_test

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
