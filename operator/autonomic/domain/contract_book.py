"""All contracts that are known, and what every plan's ruling asks of them together: found once, not once a plan."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from autonomic.domain.contracts import SLAContract
from autonomic.domain.meta import ObjectRef

_Targets = Mapping[ObjectRef, list[SLAContract]]


class ContractBook(dict[str, SLAContract]):
    """Contracts by their keys. Once made it is never changed, so that what was found in it stays true."""

    @cached_property
    def burning(self) -> int:
        """How many of them burn."""
        return sum(each.burns for each in self.values())

    @property
    def namespaces(self) -> Iterable[str]:
        """The namespaces that they are in."""
        return self._by_namespace

    def targets(self, namespace: str) -> _Targets:
        """The workloads of the namespace that contracts are about, each with those."""
        if namespace not in self._targets:
            found: dict[ObjectRef, list[SLAContract]] = defaultdict(list)
            for each in self._by_namespace.get(namespace, ()):
                found[each.spec.target_ref.within(namespace)].append(each)
            self._targets[namespace] = dict(found)
        return self._targets[namespace]

    def about(self, refs: Iterable[ObjectRef]) -> Iterator[SLAContract]:
        """The contracts about any of these workloads."""
        for ref in {*refs}:
            yield from self.targets(ref.namespace or "").get(ref, ())

    @cached_property
    def _by_namespace(self) -> Mapping[str, list[SLAContract]]:
        found: dict[str, list[SLAContract]] = defaultdict(list)
        for each in self.values():
            found[each.metadata.namespace or ""].append(each)
        return dict(found)

    @cached_property
    def _targets(self) -> dict[str, _Targets]:
        return {}
