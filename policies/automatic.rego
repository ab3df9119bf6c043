# What policy alone may approve, step by step. A rule here names everything that it relies on; what no rule names
# waits for a person. Administrators narrow or widen the list of actions with {"automatic": {"actions": [...]}}.
package autonomic

automatic_actions := words("automatic", "actions", usually_automatic)

permits contains {"step": index, "rule": "healing-restart", "reason": reason} if {
	some index, step in input.steps
	step.action == "Restart"
	step.target.kind == "Deployment"
	count(step.effects) == 0
	input.plan.controlLoop == "healing"
	reason := sprintf("restarting %v is routine healing", [named(step)])
}

permits contains {"step": index, "rule": "small-scale-up", "reason": reason} if {
	some index, step in input.steps
	step.action == "Scale"
	step.target.kind in {"Deployment", "HorizontalPodAutoscaler", "ScaledObject"}
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

permits contains {"step": index, "rule": "small-shift", "reason": reason} if {
	some index, step in input.steps
	actions[step.action].moves_traffic
	count(step.effects) == 0
	little_traffic(step)
	reason := sprintf("%v of %v moves %v%% of the traffic, and at most %v%% may be moved", [
		step.action,
		named(step),
		step.traffic,
		max_traffic_percent,
	])
}

permits contains {"step": index, "rule": "listed-action", "reason": reason} if {
	some index, step in input.steps
	step.action in automatic_actions
	not step.action in {"Restart", "Scale"}
	not actions[step.action].moves_traffic
	count(step.effects) == 0
	reason := sprintf("%v of %v is listed as automatic", [step.action, named(step)])
}

concerns contains {"rule": "person-by-default", "reason": reason} if {
	some step in input.steps
	known(step)
	not step.action in automatic_actions
	reason := sprintf("%v of %v %v: a person decides", [step.action, named(step), nature(step.action)])
}

nature(action) := "acts outside the cluster" if {
	actions[action].outward
} else := "can't be taken back" if {
	not actions[action].reversible
} else := "is not listed as automatic"
