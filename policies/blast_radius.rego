# How much a plan changes at once. Much of it waits for a person.
package autonomic

# A scale-up to more than this many times the replicas waits for a person.
max_scale_factor := number("blastRadius", "maxScaleFactor", 1.5)

# A plan of more steps than this waits for a person.
max_steps := number("blastRadius", "maxSteps", 1)

# A plan that touches a larger share of the namespace's workloads waits for a person; one object is never too much. Where
# nobody knows how many workloads there are, one object is all.
max_workload_share := number("blastRadius", "maxWorkloadShare", 0.1)

# A plan that moves or turns away more percent of the traffic than this waits for a person.
max_traffic_percent := number("blastRadius", "maxTrafficPercent", 10)

concerns contains {"rule": "large-scale-up", "reason": reason} if {
	on("blastRadius")
	some step in input.steps
	grows_too_much(step)
	reason := sprintf("scaling %v from %v to %v replicas is more than %v times", [
		named(step),
		step.replicas.before,
		step.replicas.after,
		max_scale_factor,
	])
}

concerns contains {"rule": "scale-down", "reason": reason} if {
	on("blastRadius")
	some step in input.steps
	figures_known(step)
	step.replicas.after < step.replicas.before
	reason := sprintf("scaling %v from %v to %v replicas removes capacity", [
		named(step),
		step.replicas.before,
		step.replicas.after,
	])
}

concerns contains {"rule": "several-steps", "reason": reason} if {
	on("blastRadius")
	count(input.steps) > max_steps
	reason := sprintf("the plan has %v steps, and policy alone approves at most %v", [count(input.steps), max_steps])
}

concerns contains {"rule": "many-workloads", "reason": reason} if {
	on("blastRadius")
	count(touched) > workloads_allowed
	reason := sprintf("the plan touches %v objects, and policy alone approves at most %v in namespace %v", [
		count(touched),
		workloads_allowed,
		namespace,
	])
}

concerns contains {"rule": "much-traffic", "reason": reason} if {
	on("blastRadius")
	some step in input.steps
	step.traffic > max_traffic_percent
	reason := sprintf("%v of %v moves %v%% of the traffic, and policy alone moves at most %v%%", [
		step.action,
		named(step),
		step.traffic,
		max_traffic_percent,
	])
}

# Not a matter of size: the RedLines forbid some effects, and none is approved without a person.
concerns contains {"rule": "side-effects", "reason": reason} if {
	some step in input.steps
	some effect in step.effects
	reason := sprintf("%v of %v has the effect %v", [step.action, named(step), effect])
}

grows_too_much(step) if {
	figures_known(step)
	step.replicas.after > step.replicas.before * max_scale_factor
}

little_traffic(step) if {
	is_number(step.traffic)
	step.traffic <= max_traffic_percent
}

touched contains [step.target.kind, step.target.name] if some step in input.steps

default workloads_allowed := 1

workloads_allowed := max({1, floor(input.namespace.workloads * max_workload_share)}) if {
	is_number(input.namespace.workloads)
}
