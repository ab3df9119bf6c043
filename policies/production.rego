# Production needs a person. A namespace says what it is by the label autonomic.maestro.dev/environment.
package autonomic

production_environments := words("production", "environments", {"production", "prod"})

concerns contains {"rule": "production", "reason": reason} if {
	on("production")
	lower(input.namespace.labels["autonomic.maestro.dev/environment"]) in production_environments
	reason := sprintf("namespace %v is labelled production", [namespace])
}
