# How far the operator is trusted at this moment.
package autonomic

concerns contains {"rule": "mode", "reason": reason} if {
	not enforcing
	reason := sprintf("the mode in force is %v: every plan waits for a person", [object.get(input, "mode", "unknown")])
}

concerns contains {"rule": "requires-person", "reason": "the plan was made to wait for a person"} if {
	not free_of_persons
}

enforcing if input.mode == "Enforce"

free_of_persons if input.plan.requiresPerson == false
