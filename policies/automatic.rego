# What policy alone may approve, step by step. A rule here names everything that it relies on; what no rule names
# waits for a person.
package autonomic

permits contains {"step": index, "rule": "healing-restart", "reason": reason} if {
	some index, step in input.steps
	step.action == "Restart"
	step.target.kind == "Deployment"
	count(step.effects) == 0
	input.plan.controlLoop == "healing"
	not in_production
	reason := sprintf("restarting %v outside production is routine healing", [named(step)])
}

permits contains {"step": index, "rule": "small-scale-up", "reason": reason} if {
	some index, step in input.steps
	step.action == "Scale"
	step.target.kind == "Deployment"
	count(step.effects) == 0
	grows(step)
	not grows_too_much(step)
	reason := sprintf("scaling %v from %v to %v replicas is at most %v times", [
		named(step),
		step.replicas.before,
		step.replicas.after,
		max_scale_factor,
	])
}
