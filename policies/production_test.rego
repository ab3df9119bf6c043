package autonomic_test

test_production_waits_for_a_person if {
	every name in ["production", "Production", "prod"] {
		waits(changed(scale_plan, environment, name), "production", "namespace shop is labelled production")
		waits(changed(restart_plan, environment, name), "production", "namespace shop is labelled production")
	}
}

test_another_environment_does_not if verdict(changed(restart_plan, environment, "staging")) == "Approve"

test_an_administrator_names_the_environments if {
	config := {"production": {"environments": ["live"]}}
	configured_verdict(changed(restart_plan, environment, "live"), config) == "RequireApproval"
	configured_verdict(changed(restart_plan, environment, "prod"), config) == "Approve"
}

test_the_pack_of_production_can_be_switched_off if {
	plan := changed(restart_plan, environment, "prod")
	configured_verdict(plan, {"production": {"enabled": false}}) == "Approve"
	configured_verdict(plan, {"production": {"enabled": "false"}}) == "RequireApproval"
}
