"""Policy: what was refused, by this layer's gate, Gatekeeper and Kyverno."""

from autonomic.domain.signals.shapes import Ratio, Signal

# Its exporter added `_total` in later versions; one of the two exists.
_GATEKEEPER = '__name__=~"gatekeeper_validation_request_count(_total)?"'
_FACTS = "autonomic_facts_total"
_KYVERNO = "kyverno_policy_results_total"

POLICIES = (
    Signal(
        "PolicyDenial", "Autonomic", Ratio(f'{_FACTS}{{name="PlanProposed"}}', bad=f'{_FACTS}{{name="PlanDenied"}}')
    ),
    Signal("PolicyDenial", "Gatekeeper", Ratio(f"{{{_GATEKEEPER}}}", bad=f'{{{_GATEKEEPER},admission_status="deny"}}')),
    Signal("PolicyDenial", "Kyverno", Ratio(_KYVERNO, bad=f'{_KYVERNO}{{rule_result="fail"}}')),
)
