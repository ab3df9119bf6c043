"""Where each CostBudget stands: on which rung by its own spend, and how hard the budgets above it press."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from autonomic.cost.ladder import rung
from autonomic.domain.accounts import Account
from autonomic.domain.cost import CostBudget
from autonomic.domain.crowding import TOO_MANY, sentence
from autonomic.domain.readings import Unknown
from autonomic.domain.spending import Rungs
from autonomic.domain.view import View
from autonomic.domain.words import ENABLED_LABEL

NOT_ASKED = Unknown("NotAsked", "its spend was not looked at yet")


@dataclass(frozen=True)
class Standing:
    """`own` is the rung of its own spend, `level` the highest of its own and of those above it.

    `acting` is as high as anything may be proposed for: what is Unknown, here or above, stands but asks for nothing. `fault`
    says what is wrong with the budget itself, as a reason and a sentence.
    """

    budget: CostBudget
    account: Account | Unknown
    own: Rungs
    level: Rungs
    acting: Rungs
    pressed_by: str = ""
    fault: tuple[str, str] | None = None

    @property
    def known(self) -> bool:
        """Whether its own spend is known."""
        return isinstance(self.account, Account)


def standings(view: View) -> dict[str, Standing]:
    """Every budget's standing, by its key."""
    own = {key: _own(budget, _account(key, budget, view)) for key, budget in view.budgets.items()}
    parents = {key: _parent(budget, view) for key, budget in view.budgets.items()}
    return {key: _standing(key, own, parents, view) for key in sorted(view.budgets)}


def _account(key: str, budget: CostBudget, view: View) -> Account | Unknown:
    namespace = budget.metadata.namespace
    if not view.namespace(namespace).enabled:
        return Unknown("NamespaceNotEnabled", f"namespace {namespace} is not labelled {ENABLED_LABEL}=true")
    if crowd := view.crowd(budget):
        return Unknown(TOO_MANY, sentence(crowd, budget.status.conditions))
    return view.accounts.get(key, NOT_ASKED)


def _own(budget: CostBudget, account: Account | Unknown) -> tuple[Account | Unknown, Rungs]:
    ladder = [(name, Decimal(each.at)) for name, each in budget.spec.rungs()]
    share = account.share if isinstance(account, Account) else account
    exhausting = isinstance(account, Account) and account.exhausts_at is not None
    return account, rung(share, budget.status.own, ladder, Decimal(budget.spec.release), exhausting=exhausting)


def _standing(
    key: str, own: Mapping[str, tuple[Account | Unknown, Rungs]], parents: Mapping[str, str | None], view: View
) -> Standing:
    account, mine = own[key]
    above, fault = _above(key, parents)
    level, acting, by = mine, mine, ""
    for name in above:
        its_account, its_rung = own[name]
        if its_rung.height > level.height:
            level, by = its_rung, name
        if isinstance(its_account, Account) and its_rung.height > acting.height:
            acting = its_rung
    if isinstance(account, Unknown):
        acting = Rungs.NORMAL
    return Standing(view.budgets[key], account, mine, level, acting, by, fault)


def _above(key: str, parents: Mapping[str, str | None]) -> tuple[list[str], tuple[str, str] | None]:
    """The keys of the budgets above, nearest first, and what is wrong with them."""
    found: dict[str, None] = {}
    at = key
    while (above := parents[at]) is not None:
        if above not in parents:
            missing = f"parent: there is no CostBudget {above}: create it, or leave parent out"
            return list(found), ("ParentMissing", missing)
        if above == key or above in found:
            return list(found), ("ParentCycle", f"parent: {above} is above itself: one of them must have no parent")
        found[above] = None
        at = above
    return list(found), None


def _parent(budget: CostBudget, view: View) -> str | None:
    """The key of the budget that it names, whether or not there is one. Nobody looks beyond one that is left out."""
    parent = budget.spec.parent
    if parent is None or view.crowd(budget):
        return None
    return f"{view.home if parent.where == 'Platform' else budget.metadata.namespace}/{parent.name}"
