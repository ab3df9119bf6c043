"""Draws the account of a contract for a terminal. Colour only repeats what words say."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table
from rich.text import Text

from autonomic.cli.slo.plot import LEGEND, plot
from autonomic.domain.contracts import Reading
from autonomic.slo.account import ContractAccount, ObjectiveAccount, TierAccount

_STYLES = {"None": "green", "Warning": "yellow", "Breach": "red", "Exhausted": "bold red", "Unknown": "magenta"}
_WIDEST = 100
_FULL, _EMPTY = "█", "░"
_MOST_GROUPS = 20
_SEVEREST = ("Exhausted", "Breach", "Unknown", "Warning", "None")
_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"))


def draw(account: ContractAccount, out: Console) -> None:
    """The whole contract, an objective after the other."""
    width = min(out.width, _WIDEST)
    at = f"   evaluated {_time(account.evaluated_at)}" if account.evaluated_at else ""
    out.print(
        Text(f"{account.namespace}/{account.contract}", "bold") + Text(f"   {account.tier}   {account.target}{at}")
    )
    for each in account.objectives:
        out.print()
        _draw_objective(each, account.evaluated_at, out, width)


def _draw_objective(one: ObjectiveAccount, at: datetime | None, out: Console, width: int) -> None:
    group = f" of {one.group}, the worst of {len(one.groups)} groups" if one.group else ""
    zone = f" in {one.time_zone}" if one.period_end != at else ""
    head = f": {one.target}% over {one.period}{zone}{group}, {one.exactness}"
    out.print(Text(one.name, "bold") + Text(head))
    out.print(_alert(one))
    if one.unknown:
        out.print(Text(f"Unknown: {one.unknown.reason}: {one.unknown.message}", _STYLES["Unknown"]))
    for sentence in _sentences(one, at):
        out.print(sentence)
    if one.counted:
        out.print(_bar(one, width))
    if one.burn_down:
        out.print()
        _print_lines(plot(one.burn_down.moments, _period(one), width), out)
        spent = "what was left then" if one.burn_down.shows == "BudgetThen" else "how the present budget was spent"
        out.print(f"        {LEGEND}   ({spent})")
    if one.tiers:
        out.print()
        out.print(_tiers(one.tiers))
    if one.groups:
        out.print()
        out.print(_groups(one.groups))


def _period(one: ObjectiveAccount) -> tuple[datetime, datetime]:
    zone = ZoneInfo(one.time_zone)
    return one.period_start.astimezone(zone), one.period_end.astimezone(zone)


def _print_lines(lines: Iterable[str], out: Console) -> None:
    for line in lines:
        out.print(Text(line))


def _alert(one: ObjectiveAccount) -> Text:
    since = f" since {_time(one.since)}" if one.since else ""
    return Text(f"alert {one.alert}", _STYLES[one.alert]) + Text(f"{since}   SLI {one.sli}")


def _sentences(one: ObjectiveAccount, at: datetime | None) -> Iterable[str]:
    if one.counted:
        counted = one.counted
        yield f"{_number(counted.bad)} bad of {_number(counted.total)}; {_number(counted.allowed)} may be bad in this period"
        over = counted.bad - counted.allowed
        if over >= 0:
            yield f"The budget is exhausted: {_number(over)} more were bad than may be."
        elif one.exhausts_at and at:
            yield f"At this rate nothing is left in {_span(one.exhausts_at - at)}: {_time(one.exhausts_at)}."
        else:
            yield "At this rate the budget lasts for a whole period or longer."
    if one.history:
        yield f"There are only {one.history} of history: what was before does not count."


def _bar(one: ObjectiveAccount, width: int) -> Text:
    """What is left of the budget, as a share of the bar."""
    assert one.counted is not None  # noqa: S101 - drawn for what was counted
    left = one.counted.allowed - one.counted.bad
    share = max(Decimal(0), left / one.counted.allowed) if one.counted.allowed else Decimal(0)
    said = f" {one.budget_remaining} left"
    cells = max(10, width - len(said) - 2)
    full = int(share * cells)
    return Text("▕") + Text(_FULL * full, _STYLES[one.alert]) + Text(f"{_EMPTY * (cells - full)}▏{said}")


def _tiers(tiers: Iterable[TierAccount]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="")
    for name in ("tier", "long", "burns", "short", "burns", "factor", "firing"):
        table.add_column(name, justify="right" if name in ("burns", "factor") else "left")
    for each in tiers:
        burns = [_rate(each.long_burn), _rate(each.short_burn)]
        firing = {True: "yes", False: "no", None: "unknown"}[each.firing]
        style = _STYLES[each.level] if each.firing else ""
        why = f" ({each.unknown.reason})" if each.unknown and each.firing is None else ""
        row = (each.level, each.long, burns[0], each.short, burns[1], each.factor, firing + why)
        table.add_row(*row, style=style)
    return table


def _groups(groups: tuple[Reading, ...]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="")
    for name in ("group", "alert", "budget left", "SLI"):
        table.add_column(name, justify="right" if name in ("budget left", "SLI") else "left")
    ordered = sorted(groups, key=_severity)
    for each in ordered[:_MOST_GROUPS]:
        table.add_row(
            getattr(each, "group", ""), Text(each.alert, _STYLES[each.alert]), each.budget_remaining, each.sli
        )
    if len(ordered) > _MOST_GROUPS:
        table.add_row(f"and {len(ordered) - _MOST_GROUPS} more")
    return table


def _severity(reading: Reading) -> tuple[int, Decimal]:
    left = reading.budget_remaining.removesuffix("%")
    return _SEVEREST.index(reading.alert), Decimal(0) if left == "Unknown" else Decimal(left)


def _rate(burn: Decimal | None) -> str:
    return "Unknown" if burn is None else f"{burn:.1f}"


def _number(number: Decimal) -> str:
    """Thousands apart; a fraction where there is one."""
    return f"{number:,.0f}" if number == number.to_integral_value() else f"{number:,.2f}"


def _time(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M UTC")


def _span(length: timedelta) -> str:
    """`1 day 8 hours`: the two largest units."""
    rest, said = max(60, int(length.total_seconds())), []
    for size, name in _UNITS:
        number, rest = divmod(rest, size)
        if number:
            said.append(f"{number} {name}{'s' if number > 1 else ''}")
    return " ".join(said[:2])
