"""From a CostBudget to what is asked for it: which series hold its spend, and which of their labels say who spent.

Names and labels are those that the systems export: https://docs.litellm.ai/docs/proxy/prometheus,
https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-metrics, https://opencost.io/docs/integrations/metrics.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from autonomic.domain.cost import CostBudget
from autonomic.domain.errors import Invalid
from autonomic.domain.promql import Matcher, Selector, matchers, selector
from autonomic.domain.servers import DEFAULT, unknown
from autonomic.domain.spending import LiteLLMSpend, SpendSource
from autonomic.slo.free_queries import allowed, counting

Kind = Literal["Counter", "Tokens", "Allocation", "Query"]
Labels = tuple[tuple[str, tuple[str, ...]], ...]
"""Dimensions (workstream, agent, model) with the labels that may name them, the better first."""

TOKEN_TYPE = "gen_ai_token_type"  # noqa: S105 - a label
PROVIDERS = ("gen_ai_provider_name", "gen_ai_system")
"""Labels of the provider: today's, and that of older instrumentation."""
CACHED = ("cached_input", "cache_read")
"""Token types that are a part of the input."""

_LABELS: dict[str, dict[str, tuple[str, ...]]] = {
    "LiteLLM": {"workstream": ("team_alias",), "agent": ("api_key_alias",), "model": ("model",)},
    "GenAI": {
        "workstream": ("service_namespace",),
        "agent": ("service_name",),
        "model": ("gen_ai_response_model", "gen_ai_request_model"),
    },
    "OpenCost": {"agent": ("container",)},
    "Query": {},
}
_SPEND, _TOKENS = "litellm_spend_metric_total", "litellm_total_tokens_metric_total"
_USAGE, _CALLS = "gen_ai_client_token_usage_sum", "gen_ai_client_operation_duration_seconds_count"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a budget's namespace allows: the tenant's matcher where tenants share a server, and whole queries or not.

    `servers` are the metrics servers that there are.
    """

    tenant: Matcher | None = None
    free_queries: bool = False
    servers: tuple[str, ...] = (DEFAULT,)


@dataclass(frozen=True, slots=True)
class Server:
    """What the metrics server can do. `retention` is None where it does not say."""

    anchored: bool = True
    retention: timedelta | None = None
    name: str = DEFAULT


@dataclass(frozen=True, slots=True)
class Recipe:
    """What is asked for a budget. `text` is a selector, its matchers, or a whole query, by `kind`.

    `wanted` are the values of dimensions that count; rows of others are of other budgets. `tasks` and `tokens` are selectors of
    counters that bear the same labels, `own_tasks` one that the owner named, None where nothing is known to count them.
    """

    kind: Kind
    text: str
    labels: Labels
    wanted: tuple[tuple[str, tuple[str, ...]], ...]
    tasks: Selector | None = None
    tokens: Selector | None = None
    own_tasks: Selector | None = None
    providers: tuple[str, ...] = ()
    """Labels of the provider of tokens, the better first."""

    @property
    def by(self) -> tuple[str, ...]:
        """Every label that tells rows apart."""
        more = (TOKEN_TYPE, *self.providers) if self.kind == "Tokens" else ()
        return tuple(dict.fromkeys([*(label for _, labels in self.labels for label in labels), *more]))


def recipe(budget: CostBudget, around: Surroundings) -> Recipe:
    """Raises Invalid that names the field, its value and the way out."""
    source = budget.spec.spend
    _check_servers(budget, around.servers)
    labels = _labels(source)
    wanted = budget.spec.scope.values
    missing = [each for each in wanted if each not in dict(labels)]
    if missing:
        raise Invalid(
            f"scope: series of {source.type} name no {missing[0]}: name the label that does in spend.labels.{missing[0]}"
        )
    made = _read(source, budget, around, labels)
    own = selector(source.tasks, "spend.tasks") if source.tasks else None
    if own:
        made = replace(made, tasks=None, own_tasks=own.also(around.tenant) if around.tenant else own)
    return replace(made, wanted=(*made.wanted, *wanted.items()))


def _check_servers(budget: CostBudget, known: tuple[str, ...]) -> None:
    wish = budget.spec.rightsizing
    for field, name in (("spend.server", budget.spec.spend.server), ("rightsizing.server", wish and wish.server)):
        if name and name not in known:
            raise Invalid(unknown(field, name, known))


def _labels(source: SpendSource) -> Labels:
    named = source.labels.model_dump(exclude_none=True)
    known: Mapping[str, tuple[str, ...]] = {**_LABELS[source.type], **{name: (label,) for name, label in named.items()}}
    return tuple((name, known[name]) for name in ("workstream", "agent", "model") if name in known)


def _read(source: SpendSource, budget: CostBudget, around: Surroundings, labels: Labels) -> Recipe:
    here, held = budget.metadata.namespace or "", around.tenant
    tenant: Labels = (("tenant", (held.label,)),) if held else ()
    wanted = (("tenant", (held.value,)),) if held else ()
    if source.lite_llm:
        return _litellm(source.lite_llm, tenant + labels, wanted)
    if source.gen_ai:
        found = selector(source.gen_ai.selector, "spend.genAI.selector")
        calls = Selector(_CALLS, found.matchers) if found.metric == _USAGE else None
        counted = found.also(Matcher(TOKEN_TYPE, "=~", "|".join(("input", "output", *CACHED))))
        providers = (source.gen_ai.provider,) if source.gen_ai.provider else PROVIDERS
        return Recipe("Tokens", str(counted), tenant + labels, wanted, tasks=calls, providers=providers)
    if source.open_cost:
        named = matchers(source.open_cost.matchers, "spend.openCost.matchers")
        place: Labels = (("namespace", ("namespace",)),)
        text = str(Selector("", tuple(sorted(set(named))))) or "{}"
        return Recipe("Allocation", text, place + tenant + labels, (("namespace", (here,)), *wanted))
    assert source.query is not None  # noqa: S101 - one of the four
    allowed("spend.query.expr", here, free_queries=around.free_queries)
    return Recipe("Query", counting(source.query.expr, "spend.query.expr", held).text, labels, ())


def _litellm(given: LiteLLMSpend, labels: Labels, wanted: tuple[tuple[str, tuple[str, ...]], ...]) -> Recipe:
    """With the counter of tokens beside it, where the name of that of money is LiteLLM's own."""
    found = selector(given.selector, "spend.liteLLM.selector")
    requests = selector(given.requests, "spend.liteLLM.requests") if given.requests else None
    if requests and not requests.matchers:
        requests = requests.also(*found.matchers)
    tokens = Selector(_TOKENS, found.matchers) if found.metric == _SPEND else None
    return Recipe("Counter", str(found), labels, wanted, tasks=requests, tokens=tokens)
