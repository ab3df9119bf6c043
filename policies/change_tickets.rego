# Where a namespace wants change tickets, a plan is not carried out without one. It stands in the contract's annotation
# autonomic.maestro.dev/change-ticket, or in the message of an approval. An approval that names none counts for nothing:
# one more person is asked for.
package autonomic

ticket_annotation := "autonomic.maestro.dev/change-ticket"

ticket_pattern := word("changeTickets", "pattern", `^[A-Z][A-Z0-9]*-[0-9]+$`)

concerns contains {"rule": "change-ticket", "reason": reason} if {
	lacks_ticket
	reason := sprintf("namespace %v wants a change ticket: name it in the message of the approval, or annotate %v", [
		namespace,
		sprintf("the contract with %v", [ticket_annotation]),
	])
}

denials contains {"rule": "change-ticket", "reason": reason} if {
	lacks_ticket
	wanted_people + uncounted > max_reviewers
	reason := sprintf("%v people approved the plan without a change ticket, and nobody is left to ask", [uncounted])
}

lacks_ticket if {
	on("changeTickets")
	wants_ticket
	not contract_has_ticket
}

wants_ticket if input.namespace.labels[ticket_annotation] == "required"

wants_ticket if namespace in words("changeTickets", "namespaces", set())

contract_has_ticket if regex.match(ticket_pattern, input.contract.annotations[ticket_annotation])

default uncounted := 0

uncounted := count([approval |
	some approval in input.plan.approvals
	not names_ticket(approval)
]) if {
	lacks_ticket
}

names_ticket(approval) if {
	some part in regex.split(`[\s,;:()]+`, approval.message)
	regex.match(ticket_pattern, part)
}
