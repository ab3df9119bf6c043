"""What playbooks ask of each target apart is what a real Prometheus understands."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from autonomic.adapters.prometheus import PrometheusMetrics
from autonomic.cycle.asking import ask
from autonomic.domain.promql import Matcher
from autonomic.domain.readings import Known, Question, Several
from autonomic.domain.triggers import PlaybookTrigger
from autonomic.healing.matching import questions, quiet, targets
from testbed import remote_write
from testbed.prometheus import Prometheus

LEVEL, OFTEN, RATE = {"for": "30s"}, {"for": "30s", "within": "2m"}, {"for": "30s"}


@pytest.mark.parametrize(
    ("how", "rate"), [(LEVEL, None), (OFTEN, None), (RATE, "30s")], ids=["level", "within", "rate"]
)
async def test_each_target_is_asked_for_apart(
    prometheus: Prometheus, real: PrometheusMetrics, name: str, how: dict[str, Any], rate: str | None
) -> None:
    at = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=5)
    for deployment, value in (("agent", 900.0), ("planner", 1.0)):
        for pod in "ab":
            grown = [
                (at - timedelta(seconds=10 * back), value * ((20 - back) if rate else 1)) for back in range(20, -1, -1)
            ]
            series = remote_write.series(name, deployment=deployment, pod=pod)
            prometheus.write({series: [remote_write.Sample(then, each) for then, each in grown]})
    asked = {"selector": name, "perTarget": True, **({"rate": rate} if rate else {})}
    trigger = PlaybookTrigger.model_validate({"name": "slow", "prometheus": asked, "op": "GT", "value": "50", **how})
    both = questions(trigger, at, None, "deployment")
    answers = await ask(real, both)
    there = answers[both[1]]
    assert isinstance(there, Several), there
    assert {name: each.value for name, each in there.readings.items() if isinstance(each, Known)} == {
        "agent": 2,
        "planner": 2,
    }
    assert list(targets(trigger, both, answers)) == ["agent"]
    about = Question(quiet(trigger, None, Matcher("deployment", "=", "planner")), at)
    (reading,) = (await ask(real, [about])).values()
    assert isinstance(reading, Known)
    assert reading.value < 50
