"""Counters that begin again, or are not scraped for a while."""

from typing import Any

from tests.golden.case import (
    ONE_TIER,
    case,
    failed,
    figures,
    jump,
    nan,
    put,
    run,
    tasks,
    track,
)

DAY: dict[str, Any] = {"rolling": "1d", "alerting": ONE_TIER}
RESETS = (
    case(
        "A counter that begins again inside a minute loses nothing that was recorded",
        "1,440 min x 10 = 14,400; 1 % is 144; failed, every 15 s inside one minute: 100, 104 (+4), 2 (+2, begun again),"
        " 5 (+3): 9; and 63 later: 72; remaining 1 - 72/144 = 1/2",
        tasks(since="-2d"),
        track(
            "@failed_total",
            {},
            *(put("-2d", 100), run("-10h1m", 0), jump("-10h45s", 4), put("-10h30s", 2), put("-10h15s", 5)),
            *(run("-10h", 0, 15), run("-5h", 0), jump("-4h59m", 63), run("0", 0)),
        ),
        expected=figures(72, 14_400, "0.5"),
        **DAY,
    ),
    case(
        "A counter that begins again at a minute's edge counts in the minute that ends there",
        "all: 14,400; failed: 500 until the minute before the edge, 36 at the edge: begun again, +36;"
        " remaining 1 - 36/144 = 0.75",
        tasks(since="-2d"),
        failed(run("-1d1h", 0), put("-1d59m", 500), run("-10h1m", 0), put("-10h", 36), since="-2d"),
        expected=figures(36, 14_400, "0.75"),
        **DAY,
    ),
    case(
        "Two new beginnings in one minute count twice",
        "all: 14,400; failed, every 15 s inside one minute: 50, 20 (+20), 10 (+10), 16 (+6), 16: 36;"
        " remaining 1 - 36/144 = 0.75",
        tasks(since="-2d"),
        track(
            "@failed_total",
            {},
            *(put("-2d", 50), run("-10h1m", 0), put("-10h45s", 20), put("-10h30s", 10), put("-10h15s", 16)),
            *(run("-10h", 0, 15), run("0", 0)),
        ),
        expected=figures(36, 14_400, "0.75"),
        **DAY,
    ),
    case(
        "A counter that begins again at zero adds nothing by that",
        "all: 14,400; failed: 900 before the day, 0 after the restart, then 108 one by one; remaining 1 - 108/144 = 1/4",
        tasks(since="-2d"),
        failed(put("-1d12h", 900), run("-12h", 0), put("-11h59m", 0), run("-10h11m", 1), since="-2d"),
        expected=figures(108, 14_400, "0.25"),
        **DAY,
    ),
    case(
        "A restart that outgrows the old value between two scrapes shows its difference only",
        "all: 14,400; failed: 10, then 46 a minute later: recorded is +36, whatever happened between;"
        " remaining 1 - 36/144 = 0.75",
        tasks(since="-2d"),
        failed(put("-1d12h", 10), run("-10h1m", 0), put("-10h", 46), since="-2d"),
        expected=figures(36, 14_400, "0.75"),
        **DAY,
    ),
    case(
        "A counter that begins again with the period's first sample counts from nothing",
        "all: 14,400; failed: 1,000 for an hour until the period begins, 48 a minute later: +48; remaining 1 - 48/144 = 2/3",
        tasks(since="-2d"),
        failed(run("-1d1h", 0), put("-1d59m", 1000), run("-1d", 0), put("-23h59m", 48), since="-2d"),
        expected=figures(48, 14_400, "2/3"),
        **DAY,
    ),
    case(
        "All counters begin again every six hours",
        "in each of four stretches of 6 h the first sample after the restart is 10 and 359 more add 10 each:"
        " 4 x 360 x 10 = 14,400; failed in each: first 0, then 18 x 1, then nothing: 4 x 18 = 72; remaining 1/2",
        track(
            "@tasks_total",
            {},
            *(put("-2d"), run("-1d", 10)),
            *[step for h in (24, 18, 12, 6) for step in (put(f"-{h - 1}h59m", 10), run(f"-{h - 6}h", 10))][:-1],
            run("0", 10),
        ),
        track(
            "@failed_total",
            {},
            *(put("-2d"), run("-1d", 1)),
            *[
                step
                for h in (24, 18, 12, 6)
                for step in (put(f"-{h - 1}h59m"), run(f"-{h - 1}h41m", 1), run(f"-{h - 6}h" if h > 6 else "0", 0))
            ],
        ),
        expected=figures(72, 14_400, "0.5"),
        **DAY,
    ),
)

GAPS = (
    case(
        "A gap shorter than the look-back loses nothing",
        "failed: no sample for 4 min, 36 more after them; look-back 5 min: +36 of 144; remaining 0.75."
        " All tasks went on and were scraped: 14,400",
        tasks(since="-2d"),
        failed(run("-10h", 0), jump("-9h56m", 36), since="-2d"),
        expected=figures(36, 14_400, "0.75"),
        **DAY,
    ),
    case(
        "What happened in a gap longer than the look-back counts when it is over",
        "failed: +36; later no sample from 01:50 to 02:10 and +50 then, though the look-back is 5 min: 86; remaining"
        " 1 - 86/144 = 29/72",
        tasks(since="-2d"),
        failed(run("-15h", 0), jump("-14h59m", 36), run("-10h10m", 0), jump("-9h50m", 50), since="-2d"),
        expected=figures(86, 14_400, "29/72"),
        **DAY,
    ),
    case(
        "A counter that began again in a long gap counts from nothing",
        "failed: 100 for a day; no sample from 02:20 to 02:40, then 36: begun again, +36; remaining 1 - 36/144 = 0.75",
        tasks(since="-2d"),
        failed(put("-1d12h", 100), run("-9h40m", 0), put("-9h20m", 36), since="-2d"),
        expected=figures(36, 14_400, "0.75"),
        **DAY,
    ),
    case(
        "A raised look-back says the same of the same gap",
        "failed: +36, and +50 over the gap from 01:50 to 02:10: 86; remaining 1 - 86/144 = 29/72",
        tasks(since="-2d"),
        failed(run("-15h", 0), jump("-14h59m", 36), run("-10h10m", 0), jump("-9h50m", 50), since="-2d"),
        expected=figures(86, 14_400, "29/72"),
        lookback="30m",
        **DAY,
    ),
    case(
        "Everything unscraped for two hours counts when it is scraped again",
        "22 h x 600 = 13,200, and 1,200 with the first sample after the gap: 14,400; 1 % is 144; failed 66 before the gap"
        " and 6 in it: 72; remaining 1/2",
        track("@tasks_total", {}, put("-2d"), run("-10h", 10), jump("-8h", 1200), run("0", 10)),
        track(
            "@failed_total",
            {},
            put("-2d"),
            run("-20h", 0),
            run("-18h54m", 1),
            run("-10h", 0),
            jump("-8h", 6),
            run("0", 0),
        ),
        expected=figures(72, 14_400, "0.5"),
        **DAY,
    ),
    case(
        "Scraped every ten minutes with a look-back of half an hour",
        "144 x 100 = 14,400; failed 6 x 12 = 72; remaining 1/2",
        tasks(100, since="-2d", every=600),
        failed(run("-12h", 0, 600), run("-11h", 12, 600), since="-2d", every=600),
        expected=figures(72, 14_400, "0.5"),
        lookback="30m",
        steady=True,
        **DAY,
    ),
    case(
        "A short gap across the period's beginning belongs to the period",
        "no sample from 2 min before the period until 2 min in it, where 40 more are seen; they count where they are seen:"
        " 40 + 1,438 min x 10 = 14,420; none failed",
        track("@tasks_total", {}, put("-2d"), run("-1d2m", 10), jump("-23h58m", 40), run("0", 10)),
        failed(since="-2d"),
        expected=figures(0, 14_420, 1),
        **DAY,
    ),
    case(
        "A sample that is no number is no sample",
        "failed: 5, NaN, 41 a minute apart: +36 over the NaN; all: 14,400; remaining 1 - 36/144 = 0.75",
        tasks(since="-2d"),
        failed(put("-1d12h", 5), run("-10h1m", 0), nan("-10h"), jump("-9h59m", 36), since="-2d"),
        expected=figures(36, 14_400, "0.75"),
        **DAY,
    ),
)

CASES = RESETS + GAPS
