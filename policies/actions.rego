# What each action is, whatever its target. One that is not in this table is denied.
#
# reversible: a recorded inverse puts back what was there. moves_traffic: it sends requests elsewhere. throttles: it lets
# less work through. outward: it asks something outside the cluster.
package autonomic

actions := {
	"AdoptRoutePolicy": {"reversible": true, "moves_traffic": false, "throttles": false, "outward": false},
	"CallOrchestrator": {"reversible": false, "moves_traffic": false, "throttles": false, "outward": true},
	"DegradedMode": {"reversible": true, "moves_traffic": false, "throttles": true, "outward": false},
	"Notify": {"reversible": true, "moves_traffic": false, "throttles": false, "outward": true},
	"Quarantine": {"reversible": true, "moves_traffic": false, "throttles": false, "outward": false},
	"Reroute": {"reversible": true, "moves_traffic": true, "throttles": false, "outward": false},
	"Resize": {"reversible": true, "moves_traffic": false, "throttles": false, "outward": false},
	"Restart": {"reversible": false, "moves_traffic": false, "throttles": false, "outward": false},
	"Retry": {"reversible": false, "moves_traffic": false, "throttles": false, "outward": false},
	"Rollback": {"reversible": true, "moves_traffic": false, "throttles": false, "outward": false},
	"Scale": {"reversible": true, "moves_traffic": false, "throttles": false, "outward": false},
	"SetConfig": {"reversible": true, "moves_traffic": false, "throttles": false, "outward": false},
	"SetEnv": {"reversible": true, "moves_traffic": false, "throttles": false, "outward": false},
	"ShedLoad": {"reversible": true, "moves_traffic": false, "throttles": true, "outward": false},
	"ShiftTraffic": {"reversible": true, "moves_traffic": true, "throttles": false, "outward": false},
	"SwitchModel": {"reversible": true, "moves_traffic": false, "throttles": false, "outward": false},
	"ThrottleQueue": {"reversible": true, "moves_traffic": false, "throttles": true, "outward": false},
}

known_actions := {name | some name, _ in actions}

# What policy alone may approve, where the rules of its packs are content too. All else waits for a person: what can't be
# taken back, what reaches outside, and what changes how a workload behaves.
usually_automatic := ({"Notify", "Restart", "Scale"} | {name | some name, action in actions; action.throttles}) | {name | some name, action in actions; action.moves_traffic}
