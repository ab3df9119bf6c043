package autonomic_test

enabled := "/namespace/labels/autonomic.maestro.dev~1enabled"

test_a_namespace_without_the_label_is_never_touched if {
	reason := "namespace shop is not labelled autonomic.maestro.dev/enabled=true"
	denied(without(restart_plan, enabled), "namespace-not-enabled", reason)
	denied(changed(restart_plan, enabled, "false"), "namespace-not-enabled", reason)
}

test_a_plan_without_steps_is_denied if {
	denied(changed(restart_plan, "/steps", []), "no-steps", "the plan has no steps")
	denied(changed(restart_plan, "/steps", null), "no-steps", "the plan has no steps")
	denied(without(restart_plan, "/steps"), "no-steps", "the plan has no steps")
}

test_steps_that_are_no_list_are_denied if {
	plan := changed(restart_plan, "/steps", {"0": restart_plan.steps[0]})
	denied(plan, "no-steps", "the plan has no steps")
}

test_an_action_that_nobody_knows_is_denied if {
	plugin := changed(restart_plan, "/steps/0/action", "Plugin")
	denied(plugin, "unknown-action", "step 0: no rule knows the action Plugin")
}

test_a_step_without_an_action_is_denied if {
	plan := without(restart_plan, "/steps/0/action")
	denied(plan, "unknown-action", "step 0: no rule knows the action of no type")
}

test_a_plan_is_not_carried_out_from_the_moment_it_expires if {
	late := changed(restart_plan, "/now", "2026-11-22T10:30:00Z")
	denied(late, "expired", "the plan expired at 2026-11-22T10:30:00Z")
	verdict(changed(restart_plan, "/now", "2026-11-22T10:29:59Z")) == "Approve"
}

test_a_plan_that_never_expires_or_a_question_without_a_time_is_denied if {
	denied(without(restart_plan, "/plan/expiresAt"), "expired", "the plan expired at (no time given)")
	verdict(without(restart_plan, "/now")) == "Deny"
}

test_times_in_other_zones_are_compared_as_moments if {
	plan := changed(restart_plan, "/plan/expiresAt", "2026-11-22T11:30:00+01:00")
	verdict(plan) == "Approve"
	verdict(changed(plan, "/now", "2026-11-22T10:31:00Z")) == "Deny"
}

test_nothing_is_ever_scaled_to_zero if {
	plan := changed(scale_plan, "/steps/0/replicas/after", 0)
	denied(plan, "scale-to-zero", "step 0: scaling from 4 to 0 replicas would stop the workload")
}

test_a_scaling_whose_figures_are_unknown_is_denied if {
	reason := "step 0: the replicas before and after the scaling are not given"
	every replicas in [null, {"before": 4}, {"before": null, "after": 6}, {"before": "4", "after": "6"}] {
		denied(changed(scale_plan, "/steps/0/replicas", replicas), "replicas-unknown", reason)
	}
}

test_every_action_in_the_table_is_known if {
	every action in ["Scale", "Restart", "Rollback", "SetEnv", "SetConfig", "DegradedMode", "SwitchModel", "ShedLoad", "Resize"] {
		verdict(changed(scale_plan, "/steps/0/action", action)) != "Deny"
	}
	every action in ["ThrottleQueue", "ShiftTraffic", "Reroute", "Retry", "Quarantine", "Notify", "CallOrchestrator"] {
		verdict(changed(scale_plan, "/steps/0/action", action)) != "Deny"
	}
}
