"""From courses and replays to the report."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from statistics import median

import numpy as np

from autonomic.backtest.alerts import OF_NOTE, Alert, Findings, Place, Trouble, places
from autonomic.backtest.course import Course
from autonomic.backtest.recording import Recording
from autonomic.backtest.report import AlertLine, Blind, Line, Quality, TroubleLine
from autonomic.domain.readings import Unknown
from autonomic.slo.counting import moment
from autonomic.slo.ledger import Floats
from autonomic.slo.verdicts import NO_DATA, PROBLEM, STALE, TOO_FEW

_WORDS = {
    NO_DATA: Unknown("NoData", "there was no sample yet"),
    STALE: Unknown("Stale", "there was no sample within the look-back"),
    TOO_FEW: Unknown("TooFewEvents", "there were fewer events than the objective asks for"),
}
_BRIEF = 300_000
"""Milliseconds. What was Unknown for less is not listed."""
LINES = 16
"""Budgets that are drawn."""


def alert_line(alert: Alert) -> AlertLine:
    """One alert."""
    place, begun = alert.place, alert.troubles[0] if alert.troubles else None
    return AlertLine(
        **_named(place),
        peak=alert.peak,
        began=moment(place.time(alert.first)),
        ended=None if alert.goes_on else moment(place.time(alert.last + 1)),
        began_before=alert.began_before,
        trouble_began=_began(begun) if begun and not alert.began_before else None,
        detection_seconds=_seconds(alert.detection),
        reset_seconds=_seconds(alert.reset),
        budget_spent=_rounded(alert.spent),
        false_alarm=alert.false,
    )


def trouble_lines(found: Findings) -> Iterator[TroubleLine]:
    """Those of note."""
    for each in found.troubles:
        if each.of_note:
            yield TroubleLine(
                **_named(each.place),
                began=_began(each),
                ended=None if each.goes_on else moment(each.place.time(each.last)),
                budget_spent=_rounded(each.spent) or 0.0,
                found=each.found,
            )


def quality(found: Findings) -> Quality:
    """The figures of the workbook."""
    judged = [each.false for each in found.alerts if each.false is not None]
    notable = [each for each in found.troubles if each.of_note]
    missed = sum(1 for each in notable if not each.found)
    detection = [each.detection for each in found.alerts if each.detection is not None and each.false is False]
    reset = [each.reset for each in found.alerts if each.reset is not None]
    return Quality(
        alerts=len(found.alerts),
        judged=len(judged),
        false_alarms=sum(judged),
        precision=_rounded(1 - sum(judged) / len(judged)) if judged else None,
        troubles=len(notable),
        missed=missed,
        recall=_rounded(1 - missed / len(notable)) if notable else None,
        detection_seconds=_seconds(round(median(detection))) if detection else None,
        detection_longest_seconds=_seconds(max(detection)) if detection else None,
        reset_seconds=_seconds(round(median(reset))) if reset else None,
        of_note=OF_NOTE,
    )


def lines(courses: Sequence[Course]) -> tuple[Line, ...]:
    """Budgets over time, those that lost most first."""
    every = [(float(np.nanmin(left)), each) for each in places(courses) if not np.isnan(left := _left(each)).all()]
    every.sort(key=lambda pair: (pair[0], pair[1].promise.contract))
    return tuple(_line(each) for _, each in every[:LINES])


def blind(courses: Sequence[Course]) -> Iterator[Blind]:
    """Every stretch of which nothing is known."""
    for place in places(courses):
        codes = place.course.unknown[place.at]
        edges = np.flatnonzero(np.diff(codes)) + 1
        for stretch in np.split(np.arange(len(codes)), edges):
            if codes[stretch[0]] and len(stretch) * place.course.tape.bucket > _BRIEF:
                yield _blind(place, int(stretch[0]), int(stretch[-1]), int(codes[stretch[0]]))


def invalid(recording: Recording, since: datetime, until: datetime) -> Iterator[Blind]:
    """Contracts that can't be judged at all."""
    for contract, why in sorted(recording.invalid.items()):
        yield Blind(contract=contract, objective="", since=since, until=until, reason=f"InvalidIndicator: {why}")


def _blind(place: Place, first: int, last: int, code: int) -> Blind:
    tape = place.course.tape
    why = tape.trouble(place.at, tape.span.first + first) if code == PROBLEM else _WORDS[code]
    return Blind(
        **_named(place),
        since=moment(place.time(first) - tape.bucket),
        until=moment(place.time(last)),
        reason=f"{why.reason}: {why.message}" if why else "Unknown",
    )


def _line(place: Place) -> Line:
    course = place.course
    return Line(
        **_named(place),
        since=moment(place.time(0)),
        step_seconds=course.step * course.tape.bucket // 1000,
        remaining=tuple(None if np.isnan(each) else round(float(each), 5) for each in _left(place)),
    )


def _left(place: Place) -> Floats:
    left: Floats = place.course.remaining[place.at]
    return left


def _named(place: Place) -> dict[str, str]:
    promise = place.promise
    group = ",".join(f"{label}={value}" for label, value in promise.group)
    return {"contract": promise.contract, "objective": promise.objective.name, "group": group}


def _began(trouble: Trouble) -> datetime:
    return moment(trouble.place.time(trouble.first) - trouble.place.course.tape.bucket)


def _seconds(milliseconds: int | None) -> int | None:
    return None if milliseconds is None else milliseconds // 1000


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 5)
