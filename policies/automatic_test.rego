package autonomic_test

test_healing_may_restart_a_deployment if {
	decided(restart_plan) == {
		"allow": true,
		"verdict": "Approve",
		"reasons": ["restarting Deployment triage-agent outside production is routine healing"],
		"rules": ["healing-restart"],
		"revision": "unversioned",
	}
}

test_a_small_scale_up_may_go_ahead if {
	decided(scale_plan) == {
		"allow": true,
		"verdict": "Approve",
		"reasons": ["scaling Deployment triage-agent from 4 to 6 replicas is at most 1.5 times"],
		"rules": ["small-scale-up"],
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
