# Autonomy depends on the error budget: what is automatic while much of it is left waits for a person when little is.
package autonomic

# With this share of the error budget left, or less, a person decides.
min_budget_remaining := number("lowBudget", "minRemaining", 0.1)

# Actions that don't depend on it: without a restart, what is broken stays broken.
budget_exempt := words("lowBudget", "exempt", {"Notify", "Restart"})

concerns contains {"rule": "budget-low", "reason": reason} if {
	on("lowBudget")
	some step in input.steps
	depends_on_budget(step)
	input.budget.remaining <= min_budget_remaining
	reason := sprintf("%v%% of the error budget is left, and %v alone needs more than %v%%", [
		percent(input.budget.remaining),
		step.action,
		percent(min_budget_remaining),
	])
}

concerns contains {"rule": "budget-unknown", "reason": reason} if {
	on("lowBudget")
	some step in input.steps
	depends_on_budget(step)
	not budget_known
	reason := sprintf("the error budget that is left is not known, and %v alone depends on it", [step.action])
}

depends_on_budget(step) if {
	known(step)
	not step.action in budget_exempt
}

budget_known if is_number(input.budget.remaining)

percent(share) := round(share * 1000) / 10
