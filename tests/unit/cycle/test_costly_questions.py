"""One tenant's question that the server can't answer costs nobody else an answer."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from autonomic.cycle.asking import Asking
from autonomic.cycle.lanes import LANE
from autonomic.cycle.unions import NUMBER, Items
from autonomic.domain.errors import Unavailable
from autonomic.domain.readings import Question, Sample, Unknown, Vector
from autonomic.ports.memory.metrics import Answer, MemoryMetrics
from tests.unit.domain.specimens import NOW

OWNERS = ("shop/crashes", "landlord/huge", "landlord/small")


class Asked:
    """One question for each of the owners; a query that has to do with `huge` gets no answer."""

    def __init__(self) -> None:
        self.metrics = MemoryMetrics(self._answer)
        self.down = False
        self.seconds, self.waits = 0.0, 10.0
        self.asking = Asking(self.metrics, lambda: self.seconds)

    def _answer(self, expr: str, _: datetime) -> Answer:
        if self.down or "huge" in expr:
            self.seconds += self.waits
            raise Unavailable("no answer within 10 s")
        return Vector(tuple(Sample({NUMBER: str(at)}, "1") for at in range(expr.count("up{"))))

    async def turn(self, number: int) -> dict[str, str]:
        """Who was told what in that turn: `answered`, or the reason why not."""
        at = NOW + timedelta(minutes=number)
        questions = [Question(f'up{{of="{each}"}}', at, owner=each) for each in OWNERS]
        found: Mapping[Question, Items | Unknown] = await self.asking.turn(questions, at, OWNERS)
        return {each.owner: items.reason if isinstance(items, Unknown) else "answered" for each, items in found.items()}


async def test_a_question_without_an_answer_is_the_trouble_of_its_owner_alone() -> None:
    asked = Asked()
    first = await asked.turn(0)
    assert (first["shop/crashes"], first["landlord/huge"]) == ("answered", "TooSlow")
    assert await asked.turn(1) == {each: "TooSlow" if "huge" in each else "answered" for each in OWNERS}


async def test_what_rests_is_not_asked_and_the_rest_is_asked_together_again() -> None:
    asked = Asked()
    for number in range(3):
        await asked.turn(number)
    before = len(asked.metrics.asked)
    await asked.turn(3)
    (together,) = asked.metrics.asked[before:]
    assert "shop" in together.expr
    assert "small" in together.expr


async def test_a_server_that_is_down_is_nobodys_fault() -> None:
    asked = Asked()
    asked.down = True
    assert set((await asked.turn(0)).values()) == {"MetricsUnavailable"}
    asked.down = False
    assert (await asked.turn(1))["shop/crashes"] == "answered"


async def test_a_connection_that_breaks_at_once_makes_nobody_a_suspect() -> None:
    asked = Asked()
    asked.waits = 0.0
    assert set((await asked.turn(0)).values()) == {"MetricsUnavailable"}


async def test_what_two_ask_alike_is_asked_once_and_answered_to_both() -> None:
    metrics = MemoryMetrics({"up": Vector((Sample({}, "1"),))})
    questions = [Question("up", NOW, owner=each) for each in OWNERS]
    found = await Asking(metrics, lambda: 0.0).turn(questions, NOW, OWNERS)
    assert [found[each] for each in questions] == [(Sample({}, "1"),)] * 3
    assert len(metrics.asked) == 1


class Slow(MemoryMetrics):
    """Each query takes 9 s."""

    def __init__(self) -> None:
        super().__init__({})
        self.seconds = 0.0

    async def query(self, question: Question) -> Vector:
        """Nothing, after a while."""
        self.seconds += 9
        return await super().query(question)


async def test_what_takes_long_has_a_time_of_its_own_in_each_turn() -> None:
    metrics = Slow()
    owners = [f"tenant-{number}/slow" for number in range(8)]
    asking = Asking(metrics, lambda: metrics.seconds)
    told = []
    for number in range(3):
        began, at = metrics.seconds, NOW + timedelta(minutes=number)
        found = await asking.turn([Question(each, at, owner=each) for each in owners], at, owners)
        told.append({each.owner for each, items in found.items() if not isinstance(items, Unknown)})
        assert metrics.seconds - began <= LANE + 9
    assert (len(told[0]), len(told[1])) == (8, 4)  # together once, then one after the other
    assert told[1] | told[2] == set(owners)
