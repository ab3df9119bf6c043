# METADATA
# title: The answer to one adaptation plan
# description: |
#   `data.autonomic.decision` is what the operator asks for. The strictest verdict wins; what is unknown is denied or
#   waits for a person. Rules add to `denials` (never), `concerns` (a person decides) and `permits` (a step that policy
#   alone may approve). Nothing is approved because nobody objected: every step needs a permit.
package autonomic

# What the operator accepts in one answer; the rest is counted in the last sentence.
max_reasons := 16

# METADATA
# entrypoint: true
decision := {
	"allow": allow,
	"verdict": verdict,
	"reasons": capped([reason | some [_, reason] in fired], sprintf("and %v more reasons", [(count(fired) - max_reasons) + 1])),
	"rules": capped([rule | some [rule, _] in fired], "more"),
	"reviewers": reviewers,
	"revision": revision,
}

default allow := false

allow if verdict == "Approve"

default verdict := "RequireApproval"

verdict := "Deny" if {
	count(denials) > 0
} else := "Approve" if {
	count(concerns) == 0
	every index, _ in input.steps { permitted(index) }
}

permitted(index) if {
	some permit in permits
	permit.step == index
}

findings := denials if {
	verdict == "Deny"
} else := permits if {
	verdict == "Approve"
} else := concerns if {
	count(concerns) > 0
} else := {{"rule": "no-permit", "reason": "no rule approves this without a person"}}

# Each rule with its reason, so that the two lists of an answer go side by side.
fired := sort([[finding.rule, finding.reason] | some finding in findings])

capped(list, rest) := array.concat(array.slice(list, 0, max_reasons - 1), [rest]) if {
	count(list) > max_reasons
} else := list
