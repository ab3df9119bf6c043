package autonomic_test

environment := "/namespace/labels/autonomic.maestro.dev~1environment"

test_production_waits_for_a_person if {
	every name in ["production", "Production", "prod"] {
		waits(changed(scale_plan, environment, name), "production", "namespace shop is labelled production")
		waits(changed(restart_plan, environment, name), "production", "namespace shop is labelled production")
	}
}

test_another_environment_does_not if verdict(changed(restart_plan, environment, "staging")) == "Approve"

test_a_gold_contract_waits_for_a_person if {
	plan := changed(scale_plan, "/contract/tier", "Gold")
	waits(plan, "contract-tier", "contract triage has tier Gold")
}

test_a_contract_of_no_known_tier_waits_for_a_person if {
	waits(changed(scale_plan, "/contract/tier", "Platinum"), "contract-tier", "contract triage has tier Platinum")
	waits(without(scale_plan, "/contract/tier"), "contract-tier", "contract triage has tier (none)")
}
