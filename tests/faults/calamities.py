"""What befalls the operator as a whole while plans are on their way: watches, network, control plane, leadership."""

import contextlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from testbed.api import ApiError
from testbed.cluster import Cluster
from testbed.faults.fault import Dropped, Duplicated, Fault, Gone, Hold, OfWatch, StaleList, Stalled, Where
from testbed.faults.proxy import before_apiserver
from testbed.waiting import until
from tests.faults.cases import ActionCase
from tests.faults.cells import Cell, Row, lived
from tests.faults.points import Point
from tests.faults.stage import LEASE_SECONDS, Stage, kept
from tests.faults.story import API, Story, make_ready
from tests.faults.table import ACTIONS

LISTS = Where(("GET",), f"{API}/adaptationplans")
WATCHES = Where(resources=("adaptationplans",), watches=True)
AWAY_SECONDS = LEASE_SECONDS + 3


@dataclass(frozen=True)
class Calamity:
    """`befall` happens when every plan waits for its person, or was claimed without one; then the persons answer."""

    name: str
    befall: Callable[[Stage], None]


def strike(stage: Stage, calamity: Calamity, cases: tuple[ActionCase, ...] = ACTIONS) -> list[Row]:
    """A plan of every action lives through it, side by side."""
    stories = [Story(stage, case, "kept") for case in cases]
    for story in stories:
        story.may_go_on.clear()
    make_ready(stories)
    for story in stories:
        story.begin()
    for story in stories:
        story.waits.wait(60)
    calamity.befall(stage)
    for story in stories:
        story.may_go_on.set()
    rows = []
    for story in stories:
        story.end()
        rows.append(lived(Cell(story.case, "kept", calamity.name, "approval"), story, *_counted(stage, story)))
    stage.proxy.clear()
    return rows


def _counted(stage: Stage, story: Story) -> Iterator[tuple[str, str]]:
    """By the server's own audit log, too: the witness may have been cut off with everyone else.

    What the operator tells of its own kinds, in their status, is no plan's doing.
    """
    targets = story.case.targets
    written = [
        each
        for each in stage.cluster.writes(user=stage.keeper.operator.user)
        if each.namespace == story.namespace and each.resource in {target.resource for target in targets}
    ]
    made = [each for each in written if each.succeeded and not each.dry_run and each.subresource != "status"]
    if len(made) > len(targets):
        yield "doubled", f"{len(made)} writes to {len(targets)} targets: {', '.join(str(each) for each in made)}"


def _watch(what: OfWatch) -> Callable[[Stage], None]:
    return lambda stage: stage.proxy.add(Fault(WATCHES, what))


def _old_list_on_reconnect(stage: Stage) -> None:
    old = stage.root.get(f"{API}/adaptationplans")
    stage.proxy.add(Fault(LISTS, StaleList(old)), Fault(WATCHES, Gone()))


def _old_lists_on_restart(stage: Stage) -> None:
    """The new process lists three times: once as a standby, once as leader, once to watch."""
    old = stage.root.get(f"{API}/adaptationplans")
    stage.keeper.kill()
    stage.proxy.add(Fault(Where(("GET",), f"{API}/adaptationplans", times=3), StaleList(old)))
    stage.keeper.revive()


def _partition(stage: Stage) -> None:
    """Longer than the Lease is good for: the operator must stop by itself, and comes back as another."""
    before = stage.keeper.ends
    stage.proxy.part()
    until(lambda: stage.keeper.ends > before, AWAY_SECONDS + 10, "the operator to give up its leadership")
    stage.proxy.join()


def _restart(name: str) -> Callable[[Stage], None]:
    def befall(stage: Stage) -> None:
        _restarted(stage, name)

    return befall


def _restarted(stage: Stage, name: str) -> None:
    stage.cluster.process(name).kill9()
    # The same command, so the same address and the same data.
    again = stage.run.start(stage.cluster.process(name).command)
    stage.restarted(name, again)
    until(lambda: _answers(stage.cluster), 60, f"{name} to be back", ignoring=(OSError,))


def _answers(cluster: Cluster) -> bool:
    """Whatever it says: an API server that has just started refuses what it is to allow, and plans have to outlive that."""
    with contextlib.suppress(ApiError):
        cluster.api().get("/readyz")
    return True


CALAMITIES = (
    Calamity("watch dropped", _watch(Dropped())),
    Calamity("watch gone (410)", _watch(Gone())),
    Calamity("watch stalled", _watch(Stalled())),
    Calamity("events duplicated", _watch(Duplicated())),
    Calamity("old list on reconnect", _old_list_on_reconnect),
    Calamity("old lists on restart", _old_lists_on_restart),
    Calamity("partition", _partition),
    Calamity("etcd restarted", _restart("etcd")),
    Calamity("kube-apiserver restarted", _restart("kube-apiserver")),
)


def woken_up(stage: Stage, found: list[Point]) -> list[Row]:
    """The leader is paused in the middle of those writes, another takes over and ends the plans, then it wakes up.

    Its writes, which were on their way all the while, arrive then; and so does everything that it still wants to write.
    """
    # A claim that is held holds up all others: it comes last.
    stories = [(each, Story(stage, each.case, each.ending)) for each in sorted(found, key=lambda each: each.holds_up)]
    make_ready(story for _, story in stories)
    held: list[Fault] = []
    for point, story in stories:
        if point.holds_up:
            _all_struck(stage, held)
        held.append(Fault(point.within(story.namespace), Hold()))
        stage.proxy.add(held[-1])
        story.begin()
    _all_struck(stage, held)
    paused = stage.keeper.operator.service.process
    with _second(stage):
        paused.pause()
        for _, story in stories:
            story.end()
        before = stage.keeper.ends
        for fault in held:
            stage.proxy.release(fault)
        paused.resume()
        until(lambda: stage.keeper.ends > before, 30, "the leader that woke up to end")
    stage.proxy.clear()
    until(stage.leads, 30, "the operator to lead again")
    rows = []
    for (point, story), fault in zip(stories, held, strict=True):
        late = stage.proxy.record.entries(lambda entry, its=fault: entry.fault == its and entry.status is not None)  # type: ignore[misc]
        accepted = [entry for entry in late if entry.status is not None and entry.status < 400]
        also = [("unsafe", f"the late write was accepted: {accepted[0]}")] if accepted else []
        rows.append(lived(Cell(point.case, point.ending, "paused leader wakes up", point.name), story, *also))
    return rows


def _all_struck(stage: Stage, held: list[Fault]) -> None:
    for fault in held:
        stage.proxy.record.struck(fault, 45)


@contextmanager
def _second(stage: Stage) -> Iterator[None]:
    """Another operator, which reaches the API server by a way of its own."""
    with before_apiserver(stage.cluster) as proxy:
        keeper = kept(stage.run, stage.cluster, stage.prometheus, stage.opa, proxy, stage.environment, replica=1)
        try:
            yield
        finally:
            keeper.close()
