# What the owners of this installation add, by ConfigMaps that the operator checks and loads: each is a package
# autonomic.owners.NAME with sets `denials` and `concerns`. It makes an answer stricter, and never looser: nothing else in
# it is looked at.
package autonomic

denials contains owners_finding(name, each) if {
	some name, _ in data.autonomic.owners
	some each in data.autonomic.owners[name].denials
}

concerns contains object.union(owners_finding(name, each), owners_reviewers(each)) if {
	some name, _ in data.autonomic.owners
	some each in data.autonomic.owners[name].concerns
}

# An entry in a wrong form still counts.
owners_finding(name, each) := {
	"rule": sprintf("owners.%v.%v", [name, each.rule]),
	"reason": each.reason,
} if {
	is_string(each.rule)
	is_string(each.reason)
} else := {"rule": sprintf("owners.%v", [name]), "reason": sprintf("%v", [each])}

owners_reviewers(each) := {"reviewers": each.reviewers} if {
	each.reviewers
} else := {}

# The operator adds to each file that it loads the digest of its text. The revision names them all, so that an answer
# says which policies gave it.
owners_marks := sort([mark | some name, _ in data.autonomic.owners; some mark in data.autonomic.owners[name].loaded])

revision := shipped_revision if {
	count(owners_marks) == 0
} else := sprintf("%v+owners.%v", [shipped_revision, substring(crypto.sha256(concat("\n", owners_marks)), 0, 32)])
