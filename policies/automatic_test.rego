package autonomic_test

test_healing_may_restart_a_deployment if {
	decided(restart_plan) == {
		"allow": true,
		"verdict": "Approve",
		"reasons": ["restarting Deployment triage-agent is routine healing"],
		"rules": ["healing-restart"],
		"reviewers": 1,
		"revision": "unversioned",
	}
}

test_a_small_scale_up_may_go_ahead if {
	decided(scale_plan) == {
		"allow": true,
		"verdict": "Approve",
		"reasons": ["scaling Deployment triage-agent from 4 to 6 replicas is at most 1.5 times"],
		"rules": ["small-scale-up"],
		"reviewers": 1,
		"revision": "unversioned",
	}
}

test_only_healing_restarts_and_a_permit_is_for_its_action_alone if {
	verdict(changed(restart_plan, "/plan/controlLoop", "cost")) == "RequireApproval"
	restart := changed(restart_plan, "/plan/controlLoop", "cost")
	verdict(changed(restart, "/steps/0/replicas", {"before": 4, "after": 5})) == "RequireApproval"
	scaling := changed(scale_plan, "/plan/controlLoop", "healing")
	verdict(changed(scaling, "/steps/0/replicas", {"before": 4, "after": 4})) == "RequireApproval"
}

test_a_scaling_that_changes_nothing_has_no_permit if {
	plan := changed(scale_plan, "/steps/0/replicas", {"before": 4, "after": 4})
	waits(plan, "no-permit", "no rule approves this without a person")
}

test_only_deployments_have_permits if {
	verdict(changed(restart_plan, "/steps/0/target/kind", "StatefulSet")) == "RequireApproval"
	verdict(changed(scale_plan, "/steps/0/target/kind", "StatefulSet")) == "RequireApproval"
}

test_a_step_whose_effects_are_unknown_has_no_permit if {
	verdict(without(restart_plan, "/steps/0/effects")) == "RequireApproval"
	verdict(without(scale_plan, "/steps/0/effects")) == "RequireApproval"
}

test_the_bounds_of_an_autoscaler_may_grow_a_little if {
	every kind in ["HorizontalPodAutoscaler", "ScaledObject"] {
		verdict(changed(scale_plan, "/steps/0/target/kind", kind)) == "Approve"
	}
}

test_what_lets_less_work_through_may_go_ahead if {
	every action in ["ThrottleQueue", "ShedLoad", "DegradedMode"] {
		plan := changed(scale_plan, "/steps/0/action", action)
		verdict(plan) == "Approve"
		decided(plan).reasons == [sprintf("%v of Deployment triage-agent is listed as automatic", [action])]
		decided(plan).rules == ["listed-action"]
	}
}

test_a_message_to_people_may_go_ahead if {
	verdict(changed(restart_plan, "/steps/0/action", "Notify")) == "Approve"
}

test_a_listed_action_whose_effects_are_unknown_has_no_permit if {
	waits(
		without(changed(scale_plan, "/steps/0/action", "ShedLoad"), "/steps/0/effects"),
		"no-permit", "no rule approves this without a person",
	)
}

test_moving_a_little_traffic_may_go_ahead if {
	every action in ["ShiftTraffic", "Reroute"] {
		plan := changed(shift_plan, "/steps/0/action", action)
		verdict(plan) == "Approve"
		decided(plan).rules == ["small-shift"]
		decided(plan).reasons == [sprintf("%v of HTTPRoute triage moves 10%% of the traffic, and at most 10%% may be moved", [action])]
	}
}

test_a_shift_of_which_nobody_knows_how_much_has_no_permit if {
	waits(changed(shift_plan, "/steps/0/traffic", null), "no-permit", "no rule approves this without a person")
	waits(without(shift_plan, "/steps/0/effects"), "no-permit", "no rule approves this without a person")
}

test_what_cannot_be_taken_back_or_reaches_outside_waits_for_a_person if {
	natures := {
		"Retry": "can't be taken back",
		"CallOrchestrator": "acts outside the cluster",
		"AdoptRoutePolicy": "is not listed as automatic",
		"Rollback": "is not listed as automatic",
		"Quarantine": "is not listed as automatic",
		"SetEnv": "is not listed as automatic",
		"SetConfig": "is not listed as automatic",
		"SwitchModel": "is not listed as automatic",
	}
	every action, nature in natures {
		reason := sprintf("%v of Deployment triage-agent %v: a person decides", [action, nature])
		waits(changed(scale_plan, "/steps/0/action", action), "person-by-default", reason)
	}
}

test_an_administrator_lists_what_is_automatic if {
	config := {"automatic": {"actions": ["SwitchModel"]}}
	configured_verdict(changed(scale_plan, "/steps/0/action", "SwitchModel"), config) == "Approve"
	configured_verdict(scale_plan, config) == "RequireApproval"
	configured_verdict(shift_plan, config) == "RequireApproval"
	configured_verdict(restart_plan, config) == "RequireApproval"
}

test_a_list_of_actions_that_is_no_list_is_ignored if {
	configured_verdict(scale_plan, {"automatic": {"actions": "Scale"}}) == "Approve"
	plan := changed(scale_plan, "/steps/0/action", "SwitchModel")
	configured_verdict(plan, {"automatic": {"actions": "SwitchModel"}}) == "RequireApproval"
}
