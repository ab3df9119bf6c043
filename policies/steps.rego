# What a step of a plan is, for the rules that judge one.
package autonomic

# Rules negate a named truth, such as `not known(step)`: `not step.action in known_actions` is undefined, and so silent,
# where the step has no action.
known(step) if step.action in known_actions

figures_known(step) if {
	is_number(step.replicas.before)
	is_number(step.replicas.after)
}

grows(step) if {
	figures_known(step)
	step.replicas.after > step.replicas.before
}

named(step) := sprintf("%v %v", [step.target.kind, step.target.name])

default action_of(_) := "of no type"

action_of(step) := step.action
