"""Figures in words, for the terminal and for the page."""

from datetime import datetime

from autonomic.backtest.report import AlertLine, Bounds, Difference, PlanLine

UNKNOWN = "not known"


def when(at: datetime | None) -> str:
    """`2026-01-05 10:00`, in UTC."""
    return f"{at:%Y-%m-%d %H:%M}" if at else "goes on"


def share(value: float | None) -> str:
    """A share in percent."""
    return UNKNOWN if value is None else f"{value * 100:.1f}%"


def length(seconds: int | None) -> str:
    """`2h 5m`."""
    if seconds is None:
        return UNKNOWN
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3600)
    parts = [f"{number}{unit}" for number, unit in ((days, "d"), (hours, "h"), (rest // 60, "m")) if number]
    return " ".join(parts[:2]) or f"{seconds}s"


def named(contract: str, objective: str, group: str) -> str:
    """`shop/agent success[tenant=acme]`."""
    return f"{contract} {objective}" + (f"[{group}]" if group else "")


def alarm(alert: AlertLine) -> str:
    """Whether the alert was false."""
    if alert.false_alarm is None:
        return UNKNOWN
    return "false alarm" if alert.false_alarm else "justified"


def bounds(saved: Bounds | None) -> str:
    """Between which shares of the budget it lies."""
    if saved is None or saved.most is None:
        return UNKNOWN
    return f"{share(saved.least)} to {share(saved.most)}"


def answer(plan: PlanLine) -> str:
    """What governance says, and what becomes of it."""
    ruled = str(plan.verdict) if plan.verdict else "no answer"
    return f"{ruled}, {plan.outcome}" + ("" if plan.course == "Known" else " (course not known)")


def answers(one: Difference, runs: int) -> list[str]:
    """What each set of policies says."""
    return [each or "no plan" for each in one.answers[:runs]]
