# What is at stake where the plan acts. Much of it waits for a person.
package autonomic

production_environments := {"production", "prod"}

autonomous_tiers := {"Silver", "Bronze"}

in_production if {
	lower(input.namespace.labels["autonomic.maestro.dev/environment"]) in production_environments
}

has_contract if input.contract != null

of_autonomous_tier if input.contract.tier in autonomous_tiers

concerns contains {"rule": "production", "reason": reason} if {
	in_production
	reason := sprintf("namespace %v is labelled production", [namespace])
}

concerns contains {"rule": "contract-tier", "reason": reason} if {
	has_contract
	not of_autonomous_tier
	reason := sprintf("contract %v has tier %v", [
		object.get(input.contract, "name", "(unnamed)"),
		object.get(input.contract, "tier", "(none)"),
	])
}
