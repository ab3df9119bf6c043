"""Which policies of owners count: of each ConfigMap the last text that was good."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from autonomic.domain.errors import AutonomicError, Invalid
from autonomic.governance.owners import OwnersPolicy, Refused, crowded, doubled, read, suffix
from autonomic.governance.owners_syntax import faults
from autonomic.ports.cluster import Manifest
from autonomic.ports.policy import PolicyChecker


@dataclass
class OwnersSet:
    """A ConfigMap that is faulty is refused, and its last good text still counts.

    Where none is known when the ConfigMaps are read for the first time, nobody knows what it would have forbidden: then it
    is among the `lost`, until it is corrected or deleted. One that is added later, and faulty, changes nothing.
    """

    checker: PolicyChecker
    good: dict[str, OwnersPolicy] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    """Why each ConfigMap that is refused is not used."""
    lost: set[str] | None = None
    """None until the ConfigMaps were read."""
    _faulty: dict[str, OwnersPolicy] = field(default_factory=dict)
    _before: dict[str, OwnersPolicy] = field(default_factory=dict)
    _confirmed: bool = False

    @property
    def suffix(self) -> str:
        """What the revision of a decision ends with when exactly the good ones are in force."""
        return suffix(self.good.values())

    async def take_in(self, manifests: Mapping[str, Manifest]) -> None:
        """All ConfigMaps that are policies now, by name. Never raises: what can't be checked is refused, and tried again."""
        for known in (self.good, self.refused, self._faulty, self._before):
            _forget(known, lambda name: name not in manifests)
        too_many = crowded(manifests)
        for name in sorted(manifests):
            await self._judge(name, manifests[name], too_many)
        doubtful = self.lost if self.lost is not None else set(self.refused)
        self.lost = {name for name in doubtful if name in self.refused and name not in self.good}

    def reject(self, name: str, why: str) -> None:
        """The engine would not load the good text: what was good before it counts again."""
        self._faulty[name] = self.good.pop(name)
        self.refused[name] = why
        before = self._before.pop(name, None)
        if before:
            self.good[name] = before
        elif not self._confirmed:
            self.lost = {*(self.lost or ()), name}

    def confirm(self) -> None:
        """The engine has loaded all that is good."""
        self._confirmed = True
        self._before.clear()

    async def _judge(self, name: str, manifest: Manifest, too_many: str | None) -> None:
        try:
            policy = read(manifest)
            if policy == self._faulty.get(name):
                return
            if policy != self.good.get(name):
                await self._accept(policy, too_many)
        except (Refused, AutonomicError) as error:
            self.refused[name] = str(error)
        else:
            self.refused.pop(name, None)

    async def _accept(self, policy: OwnersPolicy, too_many: str | None) -> None:
        """Raises Refused or an AutonomicError where it must not count."""
        obstacle = too_many or doubled(policy, self.good.values())
        if obstacle:
            raise Refused(obstacle)
        try:
            trees = await self.checker.check(
                {module.rpartition("/")[2]: text for module, text in policy.modules.items()}
            )
        except Invalid:
            self._faulty[policy.name] = policy
            raise
        wrong = faults(trees, policy.packages)
        if wrong:
            self._faulty[policy.name] = policy
            raise Refused("; ".join(wrong))
        if policy.name in self.good:
            self._before.setdefault(policy.name, self.good[policy.name])
        self.good[policy.name] = policy


def _forget(known: dict[str, OwnersPolicy] | dict[str, str], gone: Callable[[str], bool]) -> None:
    for name in [name for name in known if gone(name)]:
        del known[name]
