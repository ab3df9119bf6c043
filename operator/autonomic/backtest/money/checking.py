"""Whether pieces add up: at the end of history they are held against what the operator would count at that moment."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from autonomic.backtest.money.flow import Flow
from autonomic.cycle.cost.books import CostBooks
from autonomic.domain.accounts import Account
from autonomic.domain.view import View
from autonomic.ports.metrics import Metrics

_APART = 0.01
"""Share of the larger of two amounts. What is nearer is the same."""


async def apart(metrics: Metrics, view: View, flows: Mapping[str, Flow]) -> list[str]:
    """A sentence for each budget of which that is not so. Never raises: what is not answered says nothing against it."""
    if not flows:
        return []
    at = next(each.time(len(each.share) - 1) for each in flows.values())
    asked = {key: each for key, each in view.budgets.items() if key in flows}
    found = await CostBooks(metrics).accounts(replace(view, now=at + view.ingestion_delay, budgets=asked))
    return [
        _sentence(key, each, flows[key])
        for key, each in sorted(found.items())
        if isinstance(each, Account) and _differs(each, flows[key])
    ]


def _differs(counted: Account, flow: Flow) -> bool:
    ours, theirs = float(flow.share[-1]), float(counted.share)
    return not np.isnan(ours) and abs(ours - theirs) > _APART * max(ours, theirs)


def _sentence(key: str, counted: Account, flow: Flow) -> str:
    ours = float(flow.share[-1]) * float(counted.limit)
    return (
        f"budget {key}: at the end its five-minute pieces add up to {ours:.2f} {counted.currency}, the operator counts"
        f" {counted.amount:.2f} in one: take its rungs as approximate, and look at spend.query or the scrape interval"
    )
