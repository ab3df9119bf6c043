# Off until an administrator gives the hours: then nothing is automatic outside of them, and a person decides.
# {"businessHours": {"days": ["Monday", ...], "from": "09:00", "to": "17:00", "timeZone": "Europe/Paris"}}; `from` belongs
# to the hours and `to` does not. Hours that end before they begin, or without a time zone, are none at all.
package autonomic

concerns contains {"rule": "business-hours", "reason": reason} if {
	on("businessHours")
	configured.businessHours
	not within_hours
	reason := sprintf("it is not %v to %v on %v in %v: a person decides", [
		hours("from"),
		hours("to"),
		concat(", ", words("businessHours", "days", set())),
		hours("timeZone"),
	])
}

within_hours if {
	configured.businessHours.timeZone != ""
	local := [time.parse_rfc3339_ns(input.now), configured.businessHours.timeZone]
	time.weekday(local) in words("businessHours", "days", set())
	[hour, minute, _] := time.clock(local)
	clock := sprintf("%02d:%02d", [hour, minute])
	every name in ["from", "to"] { regex.match(`^([01][0-9]|2[0-4]):[0-5][0-9]$`, hours(name)) }
	hours("from") <= clock
	clock < hours("to")
}

hours(name) := word("businessHours", name, "?")
