# The figures and switches behind the rules, as an administrator sets them: {"autonomic": {"config": {PACK: {NAME: value}}}}.
# The chart writes that document from its values. A value of another type than the rule's own is ignored.
package autonomic

default configured := {}

configured := data.autonomic.config if is_object(data.autonomic.config)

number(pack, name, usual) := value if {
	value := object.get(configured, [pack, name], usual)
	is_number(value)
} else := usual

word(pack, name, usual) := value if {
	value := object.get(configured, [pack, name], usual)
	is_string(value)
} else := usual

# The words of a list.
words(pack, name, usual) := {each | some each in value} if {
	value := object.get(configured, [pack, name], usual)
	is_array(value)
} else := usual

# Every pack is on until it is switched off by the word false.
on(pack) if object.get(configured, [pack, "enabled"], true) != false

# Revision of the policies that are shipped, as whoever installed them named it.
default shipped_revision := "unversioned"

shipped_revision := data.autonomic.policy.revision if {
	is_string(data.autonomic.policy.revision)
	data.autonomic.policy.revision != ""
}
