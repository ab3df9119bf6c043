# How much a plan changes at once. Much of it waits for a person.
package autonomic

concerns contains {"rule": "large-scale-up", "reason": reason} if {
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
	count(input.steps) > 1
	reason := sprintf("the plan has %v steps, and only a plan of one step is approved without a person", [count(input.steps)])
}

concerns contains {"rule": "side-effects", "reason": reason} if {
	some step in input.steps
	some effect in step.effects
	reason := sprintf("%v of %v has the effect %v", [step.action, named(step), effect])
}
