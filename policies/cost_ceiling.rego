# Off until an administrator gives a ceiling: then a plan that is expected to cost more in a day, or nobody knows what,
# waits for a person. {"costCeiling": {"maxExtraPerDay": 20}}, in the currency in which costs are told.
package autonomic

concerns contains {"rule": "cost-ceiling", "reason": reason} if {
	on("costCeiling")
	ceiling := configured.costCeiling.maxExtraPerDay
	not under_ceiling
	reason := sprintf("the plan is expected to cost %v a day more, and policy alone spends at most %v", [cost, ceiling])
}

under_ceiling if {
	is_number(input.cost)
	is_number(configured.costCeiling.maxExtraPerDay)
	input.cost <= configured.costCeiling.maxExtraPerDay
}

default cost := "nobody knows what"

cost := input.cost if is_number(input.cost)
