"""Issues in words: the five worst, each with its figures and since when; what is Unknown is never left out."""

import heapq
from collections.abc import Sequence
from datetime import datetime

from autonomic.domain.health import MOST_ISSUES, MOST_METRICS, Issue, Measured
from autonomic.health.figures import Figure
from autonomic.health.standing import HEALTHY_FROM, MARGIN, Standing
from autonomic.health.subjects import Key

Member = tuple[Key, Standing]
_NAMED = 3
_SEVERITY = ("Exhausted", "Breach", "Warning", "None")


def objective_issues(figures: Sequence[Figure]) -> tuple[Issue, ...]:
    """The issues of a workload."""
    unknown = [each for each in figures if each.score is None]
    wrong = [each for each in figures if each.score is not None and _is_issue(each)]
    worst = heapq.nsmallest(MOST_ISSUES - bool(unknown), wrong, key=_rank)
    blind = _blind("objectives", len(figures), [(each.about, each.unknown) for each in unknown])
    return (*(_objective(each) for each in worst), *blind)


def member_issues(members: Sequence[Member]) -> tuple[Issue, ...]:
    """The issues of a group."""
    unknown = [key for key, standing in members if standing.health == "Unknown"]
    ill = [each for each in members if each[1].ill]
    worst = heapq.nsmallest(MOST_ISSUES - bool(unknown), ill, key=lambda each: (each[1].score or 0.0, each[0]))
    blind = _blind("workloads", len(members), [(str(each.name), "") for each in sorted(unknown)])
    return (*(_member(each) for each in worst), *blind)


def _is_issue(figure: Figure) -> bool:
    return figure.alert != "None" or (figure.score or 0.0) < HEALTHY_FROM + MARGIN


def _rank(figure: Figure) -> tuple[float, int, str]:
    return figure.score or 0.0, _SEVERITY.index(figure.alert), figure.about


def _objective(figure: Figure) -> Issue:
    left = f"{figure.left * 100:.1f}% of the error budget left"
    pace = f", burning at {figure.burn:.1f} times what it lasts for" if figure.burn > 1 else ""
    said = f"{figure.alert}, " if figure.alert != "None" else ""
    return Issue(
        about=figure.about[:1024],
        state=figure.alert,
        message=f"{figure.about}: {said}{left}{pace}{_since(figure.since)}"[:1024],
        since=figure.since,
    )


def _member(member: Member) -> Issue:
    key, standing = member
    score = f", score {int(standing.score)}" if standing.score is not None else ""
    return Issue(
        about=f"{key.kind} {key.name}",
        state="Critical" if standing.health == "Critical" else "Degraded",
        message=f"{key.kind} {key.name}: {standing.health}{score}{_since(standing.since)}",
        since=standing.since,
    )


def _blind(what: str, number: int, unknown: Sequence[tuple[str, str]]) -> tuple[Issue, ...]:
    """One issue for all that is not known, so that it is neither counted as well nor as ill in silence."""
    if not unknown:
        return ()
    named = "; ".join(f"{about} ({why})" if why else about for about, why in unknown[:_NAMED])
    more = f" and {len(unknown) - _NAMED} more" if len(unknown) > _NAMED else ""
    about = f"{len(unknown)} of {number} {what}"
    message = f"{about} Unknown, and not counted in the score: {named}{more}"
    return (Issue(about=about, state="Unknown", message=message[:1024]),)


def _since(at: datetime | None) -> str:
    return f", since {at:%Y-%m-%dT%H:%M:%SZ}" if at else ""


def objective_metrics(figures: Sequence[Figure]) -> tuple[Measured, ...]:
    """What is left and how fast it goes, of the worst objectives."""
    known = [each for each in figures if each.score is not None]
    worst = heapq.nsmallest(MOST_METRICS // 2, known, key=_rank)
    return tuple(
        made
        for each in worst
        for made in (
            Measured(name=f"{each.about} budget left"[:1024], value=f"{each.left * 100:.1f}", unit="%"),
            Measured(name=f"{each.about} burn rate"[:1024], value=f"{each.burn:.1f}", unit="x"),
        )
    )


def member_metrics(members: Sequence[Member]) -> tuple[Measured, ...]:
    """How many members are well, how many not."""
    words = [standing.health for _, standing in members]
    return tuple(
        Measured(name=word, value=str(words.count(word)), unit="workloads")
        for word in ("Healthy", "Degraded", "Critical", "Unknown")
    )
