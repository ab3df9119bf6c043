package autonomic_test

import data.autonomic

test_a_gold_contract_waits_for_two_people if {
	plan := changed(scale_plan, "/contract/tier", "Gold")
	waits(plan, "contract-tier", "contract triage has tier Gold")
	decided(plan).reviewers == 2
}

test_other_tiers_wait_for_one if {
	plan := changed(changed(scale_plan, "/contract/tier", "Bronze"), environment, "prod")
	waits(plan, "production", "namespace shop is labelled production")
	decided(plan).reviewers == 1
}

test_a_contract_of_no_known_tier_waits_for_a_person if {
	waits(changed(scale_plan, "/contract/tier", "Platinum"), "contract-tier", "contract triage has tier Platinum")
	waits(without(scale_plan, "/contract/tier"), "contract-tier", "contract triage has tier (none)")
}

test_an_administrator_chooses_the_tiers_and_how_many_people if {
	config := {"tiers": {"automatic": ["Gold"], "reviewers": {"Silver": 3}}}
	silver := autonomic.decision with input as scale_plan with data.autonomic.config as config
	[silver.verdict, silver.reviewers] == ["RequireApproval", 3]
	gold := changed(scale_plan, "/contract/tier", "Gold")
	answer := autonomic.decision with input as gold with data.autonomic.config as config
	[answer.verdict, answer.reviewers] == ["Approve", 2]
}

test_the_pack_of_tiers_can_be_switched_off if {
	gold := changed(scale_plan, "/contract/tier", "Gold")
	answer := autonomic.decision with input as gold with data.autonomic.config as {"tiers": {"enabled": false}}
	[answer.verdict, answer.reviewers] == ["Approve", 1]
}

test_a_number_of_people_that_is_none_asks_for_all if {
	every number in [0, 6, 1.5, "2", null, -1] {
		config := {"tiers": {"reviewers": {"Silver": number}}}
		answer := autonomic.decision with input as scale_plan with data.autonomic.config as config
		answer.reviewers == 5
	}
}
