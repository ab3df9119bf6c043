package autonomic_test

ticket := "/contract/annotations/autonomic.maestro.dev~1change-ticket"

wanting := changed(scale_plan, "/namespace/labels/autonomic.maestro.dev~1change-ticket", "required")

no_ticket := concat("", [
	"namespace shop wants a change ticket: name it in the message of the approval, ",
	"or annotate the contract with autonomic.maestro.dev/change-ticket",
])

approved(plan, messages) := changed(plan, "/plan/approvals", [review |
	some index, message in messages
	review := {"by": sprintf("p%v", [index]), "message": message}
])

test_a_plan_without_a_ticket_waits_for_one if {
	waits(wanting, "change-ticket", no_ticket)
	decided(wanting).reviewers == 1
	waits(without(wanting, "/contract/annotations"), "change-ticket", no_ticket)
}

test_a_ticket_on_the_contract_is_one if {
	verdict(changed(wanting, ticket, "OPS-123")) == "Approve"
	every wrong in ["", "ops-123", "OPS", "see OPS-123", "OPS-123 "] {
		waits(changed(wanting, ticket, wrong), "change-ticket", no_ticket)
	}
}

test_an_approval_that_names_a_ticket_counts if {
	every message in ["OPS-123", "as agreed in OPS-123, go", "(OPS-123)"] {
		plan := approved(wanting, [message])
		waits(plan, "change-ticket", no_ticket)
		decided(plan).reviewers == 1
	}
}

test_an_approval_without_a_ticket_counts_for_nothing if {
	decided(approved(wanting, ["ok"])).reviewers == 2
	decided(approved(wanting, ["ok", "fine", "OPS-1"])).reviewers == 3
	gold := changed(wanting, "/contract/tier", "Gold")
	decided(approved(gold, ["ok"])).reviewers == 3
	decided(changed(approved(wanting, ["ok"]), ticket, "OPS-1")).reviewers == 1
}

test_when_nobody_is_left_to_ask_the_plan_is_denied if {
	verdict(approved(wanting, ["a", "b", "c", "d"])) == "RequireApproval"
	reason := "5 people approved the plan without a change ticket, and nobody is left to ask"
	denied(approved(wanting, ["a", "b", "c", "d", "e"]), "change-ticket", reason)
}

test_a_namespace_that_wants_no_ticket_gets_none if {
	verdict(changed(scale_plan, "/namespace/labels/autonomic.maestro.dev~1change-ticket", "no")) == "Approve"
	decided(approved(scale_plan, ["ok"])).reviewers == 1
}

test_an_administrator_names_namespaces_and_the_form_of_a_ticket if {
	config := {"changeTickets": {"namespaces": ["shop"], "pattern": "^CHG[0-9]{4}$"}}
	configured_verdict(scale_plan, config) == "RequireApproval"
	configured_verdict(changed(scale_plan, ticket, "CHG0001"), config) == "Approve"
	configured_verdict(changed(scale_plan, ticket, "OPS-1"), config) == "RequireApproval"
	configured_verdict(changed(scale_plan, "/namespace/name", "other"), config) == "Approve"
}

test_a_pattern_that_is_no_word_is_ignored if {
	config := {"changeTickets": {"namespaces": ["shop"], "pattern": 7}}
	configured_verdict(changed(scale_plan, ticket, "OPS-1"), config) == "Approve"
}

test_the_pack_of_tickets_can_be_switched_off if {
	configured_verdict(wanting, {"changeTickets": {"enabled": false}}) == "Approve"
}
