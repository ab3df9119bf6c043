# How far the operator is trusted at this moment. It is trusted less as the error budget is spent: what is automatic
# while much of it is left waits for a person when little is.
package autonomic

concerns contains {"rule": "mode", "reason": reason} if {
	not enforcing
	reason := sprintf("the mode in force is %v: every plan waits for a person", [object.get(input, "mode", "unknown")])
}

concerns contains {"rule": "requires-person", "reason": "the plan was made to wait for a person"} if {
	not free_of_persons
}

concerns contains {"rule": "budget-low", "reason": reason} if {
	scales
	budget_known
	input.budget.remaining <= min_budget_remaining
	reason := sprintf("%v%% of the error budget is left, and scaling alone needs more than %v%%", [
		percent(input.budget.remaining),
		percent(min_budget_remaining),
	])
}

concerns contains {"rule": "budget-unknown", "reason": reason} if {
	scales
	not budget_known
	reason := "the error budget that is left is not known, and scaling alone depends on it"
}

enforcing if input.mode == "Enforce"

free_of_persons if input.plan.requiresPerson == false

scales if {
	some step in input.steps
	step.action == "Scale"
}

budget_known if is_number(input.budget.remaining)

percent(share) := round(share * 1000) / 10
