package autonomic_test

import data.autonomic

with_owners(plan, owners) := answer if {
	answer := autonomic.decision with input as plan with data.autonomic.owners as owners
}

test_an_owner_may_deny if {
	owners := {"shop": {"denials": {{"rule": "no-fridays", "reason": "not on Fridays"}}}}
	answer := with_owners(restart_plan, owners)
	answer.verdict == "Deny"
	answer.rules == ["owners.shop.no-fridays"]
	answer.reasons == ["not on Fridays"]
}

test_an_owner_may_ask_for_people if {
	owners := {"shop": {"concerns": {{"rule": "care", "reason": "take care", "reviewers": 3}}}}
	answer := with_owners(restart_plan, owners)
	answer.verdict == "RequireApproval"
	answer.rules == ["owners.shop.care"]
	answer.reviewers == 3
	one := with_owners(restart_plan, {"shop": {"concerns": {{"rule": "care", "reason": "take care"}}}})
	one.reviewers == 1
}

test_all_owners_are_heard if {
	owners := {
		"one": {"concerns": {{"rule": "a", "reason": "x"}}},
		"two": {"concerns": {{"rule": "b", "reason": "y"}}},
	}
	with_owners(restart_plan, owners).rules == ["owners.one.a", "owners.two.b"]
}

test_an_entry_in_a_wrong_form_still_counts if {
	every entry in ["no", 7, true, {}, {"rule": "r"}, {"rule": 1, "reason": "x"}, {"rule": "r", "reason": null}] {
		denied := with_owners(restart_plan, {"shop": {"denials": {entry}}})
		denied.verdict == "Deny"
		denied.rules == ["owners.shop"]
		asked := with_owners(restart_plan, {"shop": {"concerns": {entry}}})
		asked.verdict == "RequireApproval"
		asked.rules == ["owners.shop"]
	}
}

test_reviewers_in_a_wrong_form_ask_for_all if {
	every number in ["2", 9, {}] {
		owners := {"shop": {"concerns": {{"rule": "r", "reason": "x", "reviewers": number}}}}
		with_owners(restart_plan, owners).reviewers == 5
	}
}

test_an_owner_loosens_nothing if {
	owners := {"shop": {
		"permits": {{"step": 0, "rule": "all", "reason": "all"}},
		"allow": true,
		"verdict": "Approve",
		"reviewers": 1,
		"concerns": set(),
		"denials": set(),
	}}
	gold := changed(scale_plan, "/contract/tier", "Gold")
	every plan in [gold, restart_plan, changed(restart_plan, "/mode", "Propose"), {}] {
		with_owners(plan, owners) == decided(plan)
	}
}

test_the_revision_names_what_owners_added if {
	one := with_owners(restart_plan, {"shop": {"loaded": {"shop/a.rego=1"}}}).revision
	startswith(one, "unversioned+owners.")
	count(one) == count("unversioned+owners.") + 32
	two := with_owners(restart_plan, {"shop": {"loaded": {"shop/a.rego=1"}}, "b": {"loaded": {"b/a.rego=1"}}}).revision
	count({one, two, with_owners(restart_plan, {"shop": {"loaded": {"shop/a.rego=2"}}}).revision}) == 3
	with_owners(restart_plan, {"shop": {"loaded": set()}}).revision == "unversioned"
}

# Known from the operator's own calculation.
test_the_revision_is_the_digest_of_the_sorted_marks if {
	owners := {"b": {"loaded": {"b/x.rego=22"}}, "a": {"loaded": {"a/y.rego=11"}}}
	digest := crypto.sha256("a/y.rego=11\nb/x.rego=22")
	with_owners(restart_plan, owners).revision == concat("", ["unversioned+owners.", substring(digest, 0, 32)])
}
