# What was promised to users decides who approves: what has tier Gold waits for two people.
package autonomic

autonomous_tiers := words("tiers", "automatic", {"Silver", "Bronze"})

concerns contains {"rule": "contract-tier", "reason": reason} if {
	on("tiers")
	has_contract
	not of_autonomous_tier
	reason := sprintf("contract %v has tier %v", [
		object.get(input.contract, "name", "(unnamed)"),
		object.get(input.contract, "tier", "(none)"),
	])
}

has_contract if input.contract != null

of_autonomous_tier if input.contract.tier in autonomous_tiers

# People who approve a plan, by the contract's tier.
default tier_reviewers := 1

tier_reviewers := people(object.get(configured, ["tiers", "reviewers", input.contract.tier], usual)) if {
	on("tiers")
	usual := object.get({"Gold": 2}, input.contract.tier, 1)
}
