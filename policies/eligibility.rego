# What is never done, whoever asks. A person's approval does not change a denial.
package autonomic

denials contains {"rule": "namespace-not-enabled", "reason": reason} if {
	not opted_in
	reason := sprintf("namespace %v is not labelled autonomic.maestro.dev/enabled=true", [namespace])
}

denials contains {"rule": "no-steps", "reason": "the plan has no steps"} if not has_steps

denials contains {"rule": "unknown-action", "reason": reason} if {
	some index, step in input.steps
	not known(step)
	reason := sprintf("step %v: no rule knows the action %v", [index, action_of(step)])
}

denials contains {"rule": "expired", "reason": reason} if {
	not in_time
	reason := sprintf("the plan expired at %v", [object.get(input, ["plan", "expiresAt"], "(no time given)")])
}

denials contains {"rule": "replicas-unknown", "reason": reason} if {
	some index, step in input.steps
	step.action == "Scale"
	not figures_known(step)
	reason := sprintf("step %v: the replicas before and after the scaling are not given", [index])
}

denials contains {"rule": "scale-to-zero", "reason": reason} if {
	some index, step in input.steps
	step.action == "Scale"
	figures_known(step)
	step.replicas.after < 1
	reason := sprintf("step %v: scaling from %v to %v replicas would stop the workload", [
		index,
		step.replicas.before,
		step.replicas.after,
	])
}

opted_in if input.namespace.labels["autonomic.maestro.dev/enabled"] == "true"

default namespace := "(unnamed)"

namespace := input.namespace.name

has_steps if {
	is_array(input.steps)
	count(input.steps) > 0
}

in_time if time.parse_rfc3339_ns(input.now) < time.parse_rfc3339_ns(input.plan.expiresAt)
