"""Contracts made ready to be judged: read once for each generation, their expressions shown to the server's own parser."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from autonomic.cycle.lanes import Lanes
from autonomic.cycle.slo.groups import GroupFinder, Owner
from autonomic.cycle.yielding import PIECE, give_way
from autonomic.domain.contracts import SLAContract
from autonomic.domain.errors import AutonomicError, Invalid
from autonomic.domain.promql import Matcher, Selector
from autonomic.domain.readings import Question
from autonomic.domain.servers import DEFAULT
from autonomic.domain.view import View
from autonomic.slo.indicators import Options
from autonomic.slo.promises import Group, Promise, open_objectives, promises
from autonomic.slo.validity import borders_question, expressions, wrong_border

AGAIN = timedelta(minutes=10)
"""Time after which a contract that does not work is tried again."""

_PIECE = 20
"""Contracts that are made ready in one go."""

_WITH_SIDES = ("ratio", "ratioQuery")
"""Indicators whose fields are the expressions that they make."""

_Identity = tuple[str, int, tuple[bool, bool, str | None]]


@dataclass
class Compiler:
    """`promises` of each contract that works, and why each other does not: `invalid`; of what `server` is asked for alone."""

    lanes: Lanes
    server: str = DEFAULT
    promises: dict[str, tuple[Promise, ...]] = field(default_factory=dict)
    invalid: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._groups = GroupFinder(self.lanes)
        self._known_groups: dict[Owner, tuple[Group, ...]] = {}
        self._identities: dict[str, _Identity] = {}
        self._objects: dict[str, tuple[SLAContract, _Identity]] = {}
        self._grouped: set[str] = set()
        self._parsed: dict[Selector | str, str | None] = {}
        self._tried: datetime | None = None
        self._silent = False

    def like(self, other: "Compiler") -> None:
        """Begins with what another one made ready, so that the same contracts need not be read twice."""
        self.promises, self.invalid = dict(other.promises), dict(other.invalid)
        self._identities, self._objects = dict(other._identities), dict(other._objects)
        self._parsed, self._tried = dict(other._parsed), other._tried
        self._known_groups, self._grouped = dict(other._known_groups), set(other._grouped)

    @property
    def crowded(self) -> dict[Owner, int]:
        """How many groups there are of objectives that have more than they may."""
        return self._groups.crowded

    def forget(self, contract: str | None = None) -> None:
        """The contract, or every one, is made ready again at the next turn."""
        for key in [contract] if contract else list(self._identities):
            self._identities.pop(key, None)

    async def compile(self, view: View) -> bool:
        """Makes ready what is new or changed; True when anything is another than before. Never raises."""
        self._silent = False
        self._try_again(view)
        wanted = await self._wanted(view)
        if wanted == self._identities:
            return False
        stale = [key for key, identity in wanted.items() if self._identities.get(key) != identity]
        known = set(stale)
        stale += [key for key in wanted if key not in known and _is_mixed(view.contracts[key])]
        for gone in self._identities.keys() - wanted.keys():
            self._drop(gone)
        for number, key in enumerate(stale):
            await self._compile(view.contracts[key], view)
            if number % _PIECE == 0:
                await give_way()
        self._identities = {key: each for key, each in wanted.items() if key in self.promises or key in self.invalid}
        return True

    def _try_again(self, view: View) -> None:
        """What did not work may work now: a server was updated, a histogram has another bucket."""
        if self._tried is None or view.now - self._tried >= AGAIN:
            self._tried = view.now
            self._parsed = {expr: wrong for expr, wrong in self._parsed.items() if wrong is None}
            for key in self.invalid:
                self._identities.pop(key, None)

    async def _wanted(self, view: View) -> dict[str, _Identity]:
        """What is to be judged, and what each depends on. Only objects that were replaced are looked at again."""
        rooms = {name: (each.enabled, each.free_queries, view.tenant_label) for name, each in view.namespaces.items()}
        before, self._objects = self._objects, {}
        for number, (key, contract) in enumerate(view.contracts.items()):
            if number % PIECE == 0:
                await give_way()
            meta = contract.metadata
            room = rooms.get(meta.namespace or "")
            if room and room[0] and view.crowd(contract) is None:
                known = before.get(key)
                if known is not None and known[0] is contract and known[1][2] == room:
                    self._objects[key] = known
                elif self._asks(contract, view):
                    self._objects[key] = (contract, (meta.uid, meta.generation, room))
        return {key: identity for key, (_, identity) in self._objects.items()}

    def _asks(self, contract: SLAContract, view: View) -> bool:
        """Whether the contract asks this server, and no other that there is not."""
        asked = contract.spec.servers
        return self.server in asked and asked <= set(view.servers)

    async def find_groups(self, view: View) -> bool:
        """Asks which groups there are; True when they are others than before. Never raises."""
        contracts = [view.contracts[key] for key in sorted(self._grouped) if key in view.contracts]
        if not contracts:
            return False
        opened = [each for contract in contracts for each in self._opened(contract, options(contract, view))]
        found = await self._groups.find(opened, view.now - view.ingestion_delay)
        if found == self._known_groups:
            return False
        self._known_groups = found
        for contract in contracts:
            await self._compile(contract, view)
        return True

    async def _compile(self, contract: SLAContract, view: View) -> None:
        self._drop(contract.key)
        try:
            around = options(contract, view)
            made = promises(contract, around, view.contracts, self._known_groups)
            made = tuple(each for each in made if each.objective.server == self.server)
            opened = tuple(self._opened(contract, around))
            for each in (*made, *opened):
                await self._check(each)
                await self._check_border(each, view)
            self.promises[contract.key] = tuple(each.settled() for each in made)
            if opened:
                self._grouped.add(contract.key)
        except Invalid as error:
            self.invalid[contract.key] = str(error)

    def _opened(self, contract: SLAContract, around: Options) -> Iterable[Promise]:
        found = open_objectives(contract, around)
        return (each for each in found if each.objective.server == self.server)

    def _drop(self, key: str) -> None:
        self.promises.pop(key, None)
        self.invalid.pop(key, None)
        self._grouped.discard(key)

    async def _check(self, promise: Promise) -> None:
        """Shows the expressions to the server's parser, one for all that differ in values alone. Raises Invalid."""
        kind = promise.objective.indicator.given[0]
        for name, asked in expressions(promise.measure):
            if await self._wrong(alike(asked)) and (wrong := await self._wrong(asked)):
                field = f"indicator.{kind}.{name}" if kind in _WITH_SIDES else f"indicator.{kind}"
                raise Invalid(f"{field}: {str(asked)!r}: Prometheus says {wrong}")

    async def _wrong(self, asked: Selector | str) -> str | None:
        """What the server's parser has against the expression, asked once; a silent server has said nothing."""
        if asked not in self._parsed and not self._silent:
            try:
                self._parsed[asked] = await self.lanes.metrics.mistake(str(asked))
            except AutonomicError:
                self._silent = True
        return self._parsed.get(asked)

    async def _check_border(self, promise: Promise, view: View) -> None:
        """Raises Invalid where a latency's threshold is no bucket of its histogram, and names the neighbours."""
        question = borders_question(promise.measure)
        if question is None or self._silent:
            return
        try:
            found = await self.lanes.metrics.query(Question(question, view.now - view.ingestion_delay))
        except Invalid:
            return
        except AutonomicError:
            self._silent = True
            return  # nothing is known of the histogram; a missing bucket is Unknown later on
        if wrong := wrong_border(promise.objective, promise.measure, found):
            raise Invalid(wrong)


def alike(asked: Selector | str) -> Selector | str:
    """A selector with every value that it names replaced by one; another expression as it is."""
    if isinstance(asked, str):
        return asked
    return Selector(asked.metric, tuple(_blank(each) for each in asked.matchers))


def _blank(matcher: Matcher) -> Matcher:
    plain = matcher.op == "=" and matcher.value and matcher.label != "__name__"
    return Matcher(matcher.label, matcher.op, "x") if plain else matcher


def options(contract: SLAContract, view: View) -> Options:
    """What surrounds the contract's objectives."""
    namespace = contract.metadata.namespace or ""
    return Options(
        namespace=namespace,
        tenant_label=view.tenant_label,
        free_queries=view.namespace(namespace).free_queries,
        contract=contract.metadata.name,
    )


def _is_mixed(contract: SLAContract) -> bool:
    return any(each.indicator.composite for each in contract.spec.objectives)
