"""An objective for each value of a label, and objectives made of others."""

from typing import Any

from tests.golden.case import (
    ONE_TIER,
    RATIO,
    Step,
    Track,
    case,
    failed,
    figures,
    objective,
    put,
    run,
    tasks,
    track,
    unknown,
)

DAY: dict[str, Any] = {"rolling": "1d", "alerting": ONE_TIER}

GROUPS = (
    case(
        "An objective for each tenant",
        "acme: 14,400, 36 failed, remaining 0.75; beta: 28,800, 144 failed of 288, remaining 1/2",
        tasks(since="-2d", tenant="acme"),
        tasks(20, since="-2d", tenant="beta"),
        failed(run("-12h", 0), run("-11h24m", 1), since="-2d", tenant="acme"),
        failed(run("-12h", 0), run("-10h48m", 2), since="-2d", tenant="beta"),
        expected={
            "availability/tenant=acme": figures(36, 14_400, "0.75"),
            "availability/tenant=beta": figures(144, 28_800, "0.5"),
        },
        groupBy=["tenant"],
        steady=True,
        **DAY,
    ),
    case(
        "A tenant without an error series has had no error",
        "acme: 14,400, and no series of failed ones: untouched; beta: 14,400, all failed in 36 min x 10 = 360 of 144:"
        " remaining 1 - 360/144 = -3/2: Exhausted",
        tasks(since="-2d", tenant="acme"),
        tasks(since="-2d", tenant="beta"),
        failed(run("-12h", 0), run("-11h24m", 10), since="-2d", tenant="beta"),
        expected={
            "availability/tenant=acme": figures(0, 14_400, 1),
            "availability/tenant=beta": figures(360, 14_400, "-1.5", "Exhausted"),
        },
        groupBy=["tenant"],
        steady=True,
        **DAY,
    ),
    case(
        "A tenant with too little traffic is not known, and the others are",
        "acme: 14,400, 72 failed, remaining 1/2; tiny: 10 tasks where 100 are needed",
        tasks(since="-2d", tenant="acme"),
        track("@tasks_total", {"tenant": "tiny"}, put("-2d"), run("-10m", 0), run("0", 1)),
        failed(run("-12h", 0), run("-10h48m", 1), since="-2d", tenant="acme"),
        expected={
            "availability/tenant=acme": figures(72, 14_400, "0.5"),
            "availability/tenant=tiny": unknown("TooFewEvents"),
        },
        groupBy=["tenant"],
        **DAY,
    ),
    case(
        "Groups by two labels sum what else differs",
        "acme in eu: two instances, 2 x 14,400 = 28,800, 72 failed of 288: 0.75; acme in us: 14,400, 72 of 144: 1/2",
        tasks(since="-2d", tenant="acme", region="eu", instance="a"),
        tasks(since="-2d", tenant="acme", region="eu", instance="b"),
        tasks(since="-2d", tenant="acme", region="us", instance="a"),
        failed(run("-12h", 0), run("-10h48m", 1), since="-2d", tenant="acme", region="eu", instance="b"),
        failed(run("-12h", 0), run("-10h48m", 1), since="-2d", tenant="acme", region="us", instance="a"),
        expected={
            "availability/tenant=acme,region=eu": figures(72, 28_800, "0.75"),
            "availability/tenant=acme,region=us": figures(72, 14_400, "0.5"),
        },
        groupBy=["tenant", "region"],
        steady=True,
        **DAY,
    ),
)

MODEL: dict[str, Any] = {"ratio": {"bad": "@model_failed_total", "total": "@model_calls_total"}}


def composed(*parts: tuple[str, int]) -> tuple[dict[str, Any], ...]:
    """Two objectives of a day, and one that is made of them."""
    mixture = [{"objective": name, "weight": weight} for name, weight in parts]
    return (
        objective("tools", indicator=RATIO, **DAY),
        objective("model", indicator=MODEL, **DAY),
        objective("whole", indicator={"composite": mixture}, target="98", **DAY),
    )


def model(*steps: Step) -> list[Track]:
    """Calls of the model, ten a minute, and those that failed."""
    calls = track("@model_calls_total", {}, put("-2d"), run("0", 10))
    return [calls, track("@model_failed_total", {}, put("-2d"), *steps, run("0", 0))]


COMPOSITES = (
    case(
        "A composite is the mean of its parts",
        "tools: 72 of 14,400 failed, 0.5 %; model: 216 of 14,400, 1.5 %; the mean is 1 % of the 2 % allowed: remaining"
        " 1/2; the model alone is overspent: 1 - 216/144 = -1/2",
        tasks(since="-2d"),
        failed(run("-12h", 0), run("-10h48m", 1), since="-2d"),
        model(run("-12h", 0), run("-10h48m", 3)),
        expected={
            "tools": figures(72, 14_400, "0.5"),
            "model": figures(216, 14_400, "-0.5", "Exhausted"),
            "whole": figures("0.01", 1, "0.5", shares=True),
        },
        objectives=composed(("tools", 1), ("model", 1)),
        steady=True,
    ),
    case(
        "A part that weighs three counts three times",
        "tools: 72 of 14,400, 0.5 %, weight 3; model: 216 of 14,400, 1.5 %, weight 1: (3 x 0.5 + 1.5)/4 = 0.75 % of the"
        " 2 % allowed: remaining 1 - 0.75/2 = 0.625",
        tasks(since="-2d"),
        failed(run("-12h", 0), run("-10h48m", 1), since="-2d"),
        model(run("-12h", 0), run("-10h48m", 3)),
        expected={"whole": figures("0.0075", 1, "0.625", shares=True)},
        objectives=composed(("tools", 3), ("model", 1)),
        steady=True,
    ),
    case(
        "A composite with a part that is not known is not known",
        "the model was never called: of it nothing is known, so nothing is known of the whole",
        tasks(since="-2d"),
        failed(since="-2d"),
        expected={"tools": figures(0, 14_400, 1), "model": unknown("NoData"), "whole": unknown("NoData")},
        objectives=composed(("tools", 1), ("model", 1)),
    ),
)

CASES = GROUPS + COMPOSITES
