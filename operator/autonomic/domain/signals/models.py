"""Language models and agents: OpenTelemetry's GenAI conventions, LiteLLM's proxy, Envoy AI Gateway.

Tokens of different types overlap (input, output, cached, total), so a token signal asks for a matcher on the type.
"""

from autonomic.domain.signals.shapes import Distribution, Level, Ratio, Signal
from autonomic.domain.words import Comparison

_CALLS = "gen_ai_client_operation_duration_seconds_count"
_REQUESTS = "gen_ai_server_request_duration_seconds_count"
_DEPLOYMENTS = "litellm_deployment_total_requests_total"
_TYPE = ("gen_ai_token_type",)

MODELS = (
    Signal("LlmErrorRate", "OpenTelemetry", Ratio(_CALLS, bad=f'{_CALLS}{{error_type!=""}}')),
    Signal("LlmErrorRate", "EnvoyAIGateway", Ratio(_REQUESTS, bad=f'{_REQUESTS}{{error_type!=""}}')),
    Signal("LlmErrorRate", "LiteLLM", Ratio(_DEPLOYMENTS, bad="litellm_deployment_failure_responses_total")),
    Signal("TaskLatency", "OpenTelemetry", Distribution("gen_ai_client_operation_duration_seconds")),
    Signal("TaskLatency", "EnvoyAIGateway", Distribution("gen_ai_server_request_duration_seconds")),
    Signal("TaskLatency", "LiteLLM", Distribution("litellm_request_total_latency_metric")),
    Signal("LlmTokenCost", "OpenTelemetry", Distribution("gen_ai_client_token_usage", unit="Tokens"), narrow_by=_TYPE),
    Signal(
        "LlmTokenCost",
        "EnvoyAIGateway",
        Distribution("gen_ai_client_token_usage_token", unit="Tokens"),
        narrow_by=_TYPE,
    ),
    Signal(
        "LlmTokenCost",
        "LiteLLM",
        Level("litellm_remaining_team_budget_metric", "USD that must remain", Comparison.GE, "min"),
    ),
    Signal("LlmModelUsage", "OpenTelemetry", Ratio(_CALLS, good=_CALLS, share=True)),
    Signal("LlmModelUsage", "EnvoyAIGateway", Ratio(_REQUESTS, good=_REQUESTS, share=True)),
    Signal("LlmModelUsage", "LiteLLM", Ratio(_DEPLOYMENTS, good=_DEPLOYMENTS, share=True)),
)
