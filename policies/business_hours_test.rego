package autonomic_test

import data.autonomic

office := {"businessHours": {
	"days": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"],
	"from": "09:00",
	"to": "17:00",
	"timeZone": "Europe/Paris",
}}

# Expires late, so that the time alone makes the difference.
lasting := changed(restart_plan, "/plan/expiresAt", "2027-11-22T10:30:00Z")

at(now) := changed(lasting, "/now", now)

test_within_the_hours_policy_decides if {
	configured_verdict(at("2026-11-23T08:00:00Z"), office) == "Approve"
	configured_verdict(at("2026-11-23T15:59:59Z"), office) == "Approve"
	configured_verdict(at("2026-11-23T10:05:00Z"), office) == "Approve"
}

test_outside_the_hours_a_person_decides if {
	every now in ["2026-11-23T07:59:59Z", "2026-11-23T16:00:00Z", "2026-11-22T10:00:00Z", "2026-11-23T23:30:00Z"] {
		answer := autonomic.decision with input as at(now) with data.autonomic.config as office
		answer.verdict == "RequireApproval"
		answer.rules == ["business-hours"]
	}
	answer := autonomic.decision with input as at("2026-11-22T10:00:00Z") with data.autonomic.config as office
	days := "Friday, Monday, Thursday, Tuesday, Wednesday"
	answer.reasons == [sprintf("it is not 09:00 to 17:00 on %v in Europe/Paris: a person decides", [days])]
}

test_the_hours_follow_the_time_zone_through_the_year if {
	configured_verdict(at("2026-07-06T07:30:00Z"), office) == "Approve"
	configured_verdict(at("2026-11-23T07:30:00Z"), office) == "RequireApproval"
}

test_without_hours_every_hour_is_one if {
	configured_verdict(at("2026-11-22T03:00:00Z"), {}) == "Approve"
	off := json.patch(office, [{"op": "add", "path": "/businessHours/enabled", "value": false}])
	configured_verdict(at("2026-11-22T03:00:00Z"), off) == "Approve"
}

test_hours_that_say_nothing_are_none if {
	now := at("2026-11-23T10:00:00Z")
	every name in ["days", "from", "to", "timeZone"] {
		left_out := json.remove(office, [["businessHours", name]])
		configured_verdict(now, left_out) == "RequireApproval"
		empty := json.patch(office, [{"op": "replace", "path": ["businessHours", name], "value": ""}])
		configured_verdict(now, empty) == "RequireApproval"
	}
	backwards := json.patch(office, [{"op": "replace", "path": "/businessHours/from", "value": "18:00"}])
	configured_verdict(now, backwards) == "RequireApproval"
}
