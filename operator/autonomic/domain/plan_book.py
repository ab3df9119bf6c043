"""All plans that are known, and where they are looked up: by what they act on, those that go on, those that did not help."""

from collections.abc import Iterable, Iterator, Mapping

from autonomic.domain.meta import ObjectRef
from autonomic.domain.plans import AdaptationPlan

_Held = dict[str, AdaptationPlan]
_UNSUCCESSFUL = ("Failed", "RolledBack")


class PlanBook(Mapping[str, AdaptationPlan]):
    """Plans by their keys. It never changes: `updated` is another one, and costs what changed and a copy of the lists."""

    def __init__(self, plans: Mapping[str, AdaptationPlan] | None = None) -> None:
        self._plans: _Held = {}
        self._unfinished: _Held = {}
        self._unsuccessful: _Held = {}
        self._by_ref: dict[ObjectRef, _Held] = {}
        for key, plan in (plans or {}).items():
            self._take(key, plan)

    def __getitem__(self, key: str) -> AdaptationPlan:
        """The plan of that key."""
        return self._plans[key]

    def __iter__(self) -> Iterator[str]:
        """The keys, those first that came first."""
        return iter(self._plans)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._plans)

    @property
    def unfinished(self) -> Iterable[AdaptationPlan]:
        """The plans that have not ended."""
        return self._unfinished.values()

    @property
    def unsuccessful(self) -> Iterable[AdaptationPlan]:
        """The plans that were carried out, and failed or were undone; not those that nobody wanted any more."""
        return self._unsuccessful.values()

    def of(self, refs: Iterable[ObjectRef]) -> Iterator[AdaptationPlan]:
        """The plans that act on any of these objects, or did; each once."""
        found: _Held = {}
        for ref in refs:
            found |= self._by_ref.get(ref, {})
        return iter(found.values())

    def updated(self, changes: Mapping[str, AdaptationPlan | None]) -> "PlanBook":
        """The book with these plans in it, and without those that are None."""
        book = PlanBook()
        book._plans, book._unfinished = dict(self._plans), dict(self._unfinished)
        book._unsuccessful, book._by_ref = dict(self._unsuccessful), dict(self._by_ref)
        for key, plan in changes.items():
            book._change(key, plan)
        return book

    def _change(self, key: str, plan: AdaptationPlan | None) -> None:
        before = self._plans.pop(key, None) if plan is None else self._plans.get(key)
        self._unfinished.pop(key, None)
        self._unsuccessful.pop(key, None)
        for ref in {*before.refs} if before else ():
            self._by_ref[ref] = {each: held for each, held in self._by_ref[ref].items() if each != key}
            if not self._by_ref[ref]:
                del self._by_ref[ref]
        if plan is not None:
            self._take(key, plan)

    def _take(self, key: str, plan: AdaptationPlan) -> None:
        self._plans[key] = plan
        if plan.finished is None:
            self._unfinished[key] = plan
        elif plan.finished.reason in _UNSUCCESSFUL:
            self._unsuccessful[key] = plan
        for ref in plan.refs:
            self._by_ref[ref] = {**self._by_ref.get(ref, {}), key: plan}
