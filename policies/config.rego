# The figures behind the rules. An administrator overrides one by loading a data document, such as
# {"autonomic": {"config": {"maxScaleFactor": 2}}}; a value that is not a number is ignored.
package autonomic

# A scale-up to more than this many times the replicas waits for a person.
default max_scale_factor := 1.5

max_scale_factor := data.autonomic.config.maxScaleFactor if is_number(data.autonomic.config.maxScaleFactor)

# With this share of the error budget left, or less, scaling waits for a person.
default min_budget_remaining := 0.1

min_budget_remaining := data.autonomic.config.minBudgetRemaining if is_number(data.autonomic.config.minBudgetRemaining)

# Revision of the policies in force, as whoever installed them named it.
default revision := "unversioned"

revision := data.autonomic.policy.revision if {
	is_string(data.autonomic.policy.revision)
	data.autonomic.policy.revision != ""
}
