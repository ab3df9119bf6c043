"""What came of it, as data: alerts, troubles, plans, approvals, differences, and what is not known."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from autonomic.backtest.money.report import BudgetLine
from autonomic.domain.model import Model
from autonomic.domain.words import Verdict

Course = Literal["Known", "NotKnown"]


class AlertLine(Model):
    """One alert, as it would have been shown."""

    contract: str = Field(description="namespace/name of the SLAContract.")
    objective: str = Field(description="Its objective.")
    group: str = Field(default="", description="The group of it, such as tenant=acme.")
    peak: str = Field(description="The highest level: Warning, Breach or Exhausted.")
    began: datetime = Field(description="When it began; where it went on already, when the replay began.")
    ended: datetime | None = Field(description="When it ended; null where it goes on.")
    began_before: bool = Field(description="Whether it went on already when the replay began.")
    trouble_began: datetime | None = Field(description="When the budget began to burn; null where that is not known.")
    detection_seconds: int | None = Field(description="From then to the alert; null where that is not known.")
    reset_seconds: int | None = Field(description="From the end of the trouble to that of the alert.")
    budget_spent: float | None = Field(description="What failed in it, as a share of what may fail in a period.")
    false_alarm: bool | None = Field(
        description="Whether it cleared without a loss of note; null where that can't be said."
    )


class TroubleLine(Model):
    """A trouble that cost so much that somebody should have been told."""

    contract: str = Field(description="namespace/name of the SLAContract.")
    objective: str = Field(description="Its objective.")
    group: str = Field(default="", description="The group of it.")
    began: datetime = Field(description="When the budget began to burn.")
    ended: datetime | None = Field(description="When it stopped; null where it goes on.")
    budget_spent: float = Field(description="What failed in it, as a share of what may fail in a period.")
    found: bool = Field(description="Whether an alert was shown.")


class Quality(Model):
    """How good the alerts were, in the terms of the SRE workbook."""

    alerts: int = Field(description="All alerts.")
    judged: int = Field(description="Those of which it can be said whether they were false.")
    false_alarms: int = Field(description="Those that cleared without a loss of note.")
    precision: float | None = Field(description="Share of judged alerts that were not false.")
    troubles: int = Field(description="Troubles that cost so much that somebody should have been told.")
    missed: int = Field(description="Those without an alert.")
    recall: float | None = Field(description="Share of troubles that an alert was shown for.")
    detection_seconds: int | None = Field(description="From the beginning of a trouble to its alert, the median.")
    detection_longest_seconds: int | None = Field(description="The longest.")
    reset_seconds: int | None = Field(description="From the end of a trouble to that of its alert, the median.")
    of_note: float = Field(description="Share of a period's budget from which on a loss is of note.")


class Bounds(Model):
    """Between which shares of a period's error budget something lies, or of the limit of a CostBudget."""

    least: float = Field(description="The lower bound.")
    most: float | None = Field(description="The upper bound; null where it is not known.")


class PlanLine(Model):
    """One plan, and what would have become of it."""

    at: datetime = Field(description="When it would have been proposed.")
    namespace: str = Field(description="Its namespace.")
    name: str = Field(description="Its name.")
    about: str = Field(
        description="The contract and objective, the playbook, or the budget and rung, that asked for it."
    )
    targets: tuple[str, ...] = Field(description="What it acts on.")
    action: str = Field(description="What it does.")
    because: str = Field(description="Why there is a plan.")
    verdict: Verdict | None = Field(description="The first answer of governance; null where there was none.")
    reasons: tuple[str, ...] = Field(description="Each reason, with the rule that gave it.")
    outcome: str = Field(
        description="WouldAct, or how it stood in the end: Expired, Superseded, Denied, AwaitingApproval, ..."
    )
    acts_at: datetime | None = Field(description="When it would have been carried out; null where it would not.")
    asked_at: datetime | None = Field(description="When a person would have been asked; null where none would.")
    course: Course = Field(
        description="NotKnown: an earlier plan of the same trouble would have changed what followed; what is said is what"
        " history would have led to without it."
    )
    saved: Bounds | None = Field(
        description="Budget that it could have saved: nothing if it did not help, all that failed (or was spent) from then on,"
        " for as long as its trouble lasted, if it helped at once. Null without an objective or budget."
    )


class Remark(Model):
    """Something that the layer would have told, and why no plan came of it."""

    at: datetime = Field(description="When.")
    name: str = Field(description="NotProposed, WouldPropose, TargetNotFound, ...")
    about: str = Field(description="Kind and name of the object.")
    message: str = Field(description="A sentence.")


class Doubt(Model):
    """A stretch that a plan would have changed, so that it is not known what would have happened in it."""

    about: str = Field(description="The contract, as namespace/name, the playbook, or the budget.")
    since: datetime = Field(description="When the plan would have acted.")
    until: datetime = Field(description="When its trouble was over in history.")
    plan: str = Field(description="The plan.")


class Approvals(Model):
    """How often people would have been asked, in UTC."""

    asked: int = Field(description="How often.")
    a_week: float = Field(description="How often in a week, on average.")
    by_hour: tuple[int, ...] = Field(description="How often in each of the 24 hours of a day.")
    by_weekday: tuple[int, ...] = Field(description="How often on each day of a week, Monday first.")
    nights_and_weekends: int = Field(description="How often from 18 to 8 o'clock, or on a Saturday or Sunday.")


class Run(Model):
    """The same history under one set of policies."""

    policies: str = Field(description="The folder or address of the policies; empty without any.")
    plans: tuple[PlanLine, ...] = Field(description="All plans, oldest first.")
    not_known: tuple[Doubt, ...] = Field(
        description="Stretches of which history is no evidence any more, oldest first."
    )
    remarks: tuple[Remark, ...] = Field(description="What came to nothing, oldest first.")
    approvals: Approvals = Field(description="How often people would have been asked.")
    notes: tuple[str, ...] = Field(description="What was assumed.")
    left_out: int = Field(default=0, description="Plans and remarks beyond those that are shown.")


class Difference(Model):
    """One trouble that two sets of policies answer differently."""

    about: str = Field(description="The contract and objective, the playbook, or the budget and rung.")
    at: datetime = Field(description="When a plan would have been proposed.")
    action: str = Field(description="What it does.")
    answers: tuple[str, ...] = Field(description="What each set says, in the order of the runs; empty without a plan.")


class Line(Model):
    """The budget of one objective over time."""

    contract: str = Field(description="namespace/name of the SLAContract.")
    objective: str = Field(description="Its objective.")
    group: str = Field(default="", description="The group of it.")
    since: datetime = Field(description="The first point.")
    step_seconds: int = Field(description="Between two points.")
    remaining: tuple[float | None, ...] = Field(description="Share of the budget left; null where it was Unknown.")


class Blind(Model):
    """A stretch of which nothing is known."""

    contract: str = Field(description="namespace/name of the SLAContract.")
    objective: str = Field(description="Its objective; empty for all of the contract.")
    group: str = Field(default="", description="The group of it.")
    since: datetime = Field(description="From then on.")
    until: datetime = Field(description="Up to then.")
    reason: str = Field(description="NoData, Stale, TooFewEvents, ..., and a sentence where there is one.")


class Backtest(Model):
    """All of it. Nothing was written."""

    since: datetime = Field(description="The first moment that was judged.")
    until: datetime = Field(description="The last.")
    contracts: int = Field(description="Contracts that were judged.")
    objectives: int = Field(description="Their objectives, each group by itself.")
    quality: Quality = Field(description="How good the alerts were.")
    alerts: tuple[AlertLine, ...] = Field(description="All alerts, oldest first.")
    troubles: tuple[TroubleLine, ...] = Field(description="All troubles of note, oldest first.")
    runs: tuple[Run, ...] = Field(description="One for each set of policies.")
    differences: tuple[Difference, ...] = Field(description="What two sets answer differently; empty with one.")
    budgets: tuple[Line, ...] = Field(description="Budgets over time, those that lost most first.")
    money: tuple[BudgetLine, ...] = Field(default=(), description="CostBudgets, those that were pressed longest first.")
    unknown: tuple[Blind, ...] = Field(description="Of what nothing is known.")
    notes: tuple[str, ...] = Field(description="What else must be known to read this.")
