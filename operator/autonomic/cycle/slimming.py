"""Contracts as they are kept in memory: what many of them say alike is there once, and nothing is there twice."""

from functools import cache, lru_cache
from typing import TypeVar, get_args

from autonomic.domain.contracts import GroupStatus, ObjectiveStatus, Reading, SLAContract, SLAContractStatus
from autonomic.domain.model import Model

_M = TypeVar("_M", bound=Model)
_R = TypeVar("_R", bound=Reading)


def slim(contract: SLAContract, before: object) -> SLAContract:
    """The same contract; its worst objective stands among the others, and is not kept apart.

    `before` is what was held under its name: as long as nobody changed the spec, the spec is the very object that it was.
    """
    changed: dict[str, Model] = {}
    if contract.status.objectives or contract.status.conditions:
        changed["status"] = _status(contract.status)
    if isinstance(before, SLAContract) and _same_spec(before, contract):
        changed["spec"] = before.spec
    slimmed = contract.model_copy(update=changed) if changed else contract
    _share_names(slimmed)
    return slimmed


def _status(status: SLAContractStatus) -> SLAContractStatus:
    objectives = tuple(_objective(each) for each in status.objectives)
    conditions = tuple(_shared(each) for each in status.conditions)
    return status.model_copy(update={"worst": None, "objectives": objectives, "conditions": conditions})


def _same_spec(before: SLAContract, after: SLAContract) -> bool:
    old, new = before.metadata, after.metadata
    return (old.uid, old.generation) == (new.uid, new.generation)


def _objective(status: ObjectiveStatus) -> ObjectiveStatus:
    groups: tuple[GroupStatus, ...] = tuple(_reading(each) for each in status.groups)
    return _reading(status).model_copy(update={"groups": groups})


def _reading(status: _R) -> _R:
    return status.model_copy(update={"burn_rates": tuple(_shared(each) for each in status.burn_rates)})


def _share_names(model: Model) -> None:
    """Each model holds a set of the fields that it was given, larger than most models: alike ones are one set."""
    given = model.__pydantic_fields_set__
    names = _names(frozenset(given))
    if given is names:
        return
    object.__setattr__(model, "__pydantic_fields_set__", names)
    for name in _nested(type(model)):
        value = model.__dict__[name]
        if isinstance(value, Model):
            _share_names(value)
        elif isinstance(value, tuple):
            for each in value:
                if isinstance(each, Model):
                    _share_names(each)


@cache
def _nested(kind: type[Model]) -> tuple[str, ...]:
    """The fields that may hold further models."""
    return tuple(name for name, field in kind.model_fields.items() if _may_hold(field.annotation))


def _may_hold(annotation: object) -> bool:
    if isinstance(annotation, type):
        return issubclass(annotation, Model)
    return any(_may_hold(each) for each in get_args(annotation))


@lru_cache(maxsize=4096)
def _names(names: frozenset[str]) -> set[str]:
    return set(names)


@lru_cache(maxsize=1 << 16)
def _one(model: Model) -> Model:
    return model


def _shared(model: _M) -> _M:
    """The first of all equal ones."""
    found = _one(model)
    assert isinstance(found, type(model))  # noqa: S101 - equal models are of one class
    return found
