"""Which plug-ins are found, and why some are not used: each says so, and none keeps another from being found."""

import importlib
import sys
from pathlib import Path

import pytest

from autonomic.adapters.clock import SystemClock
from autonomic.adapters.plugins.discovery import ACTIONS, LOOPS, NOTIFIERS, Discovery, Group, discover, look_in
from autonomic.layer import LOOPS as OWN
from tests.unit.plugins.packages import BRITTLE, install


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that packages are found in, for this test."""
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("brittle", "other"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    return tmp_path


async def found(group: Group = LOOPS, *taken: str) -> Discovery:
    """What is installed, beside the layer's own loops."""

    async def tell(*_: object) -> None:
        raise AssertionError("what can't be loaded is told as broken, once somebody leads")

    return await discover(group, taken or [each.type for each in OWN], SystemClock(), tell)


async def message(folder: Path, **loops: str) -> str:
    """Why the one loop is broken."""
    install(folder, "brittle", BRITTLE, loops=loops)
    discovery = await found()
    assert discovery.working == {}
    (standing,) = {each.message for each in discovery.standings}
    assert {each.state for each in discovery.standings} == {"Broken"}
    return standing


async def test_a_loop_is_found_by_its_entry_point_and_named_with_its_package(folder: Path) -> None:
    install(folder, "brittle", BRITTLE, loops={"Raising": "brittle:raising"})
    discovery = await found()
    (standing,) = discovery.standings
    assert str(standing) == "plug-in Loop Raising of brittle 0.1"
    assert standing.state == "Working"
    assert list(discovery.working) == ["Raising"]


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("Gone", "brittle:gone", "AttributeError: "),
        ("Lost", "no_such_module:loop", "ModuleNotFoundError: No module named 'no_such_module'"),
        ("Leaving", "brittle:Leaving", "SystemExit: bye"),
        ("Wrong", "brittle:misnamed", "its type is 'Other', and its entry point is named Wrong"),
        ("Shapeless", "brittle:shapeless", "its type is None"),
        ("Async", "brittle:Async", "its monitor is async: write it as a plain method"),
        ("Healing", "brittle:healing", "Healing is there already, and no plug-in replaces what is the layer's own"),
        ("small", "brittle:misnamed", "'small' is not a name that a loop can have"),
    ],
)
async def test_a_loop_that_cannot_be_used_says_why(folder: Path, name: str, value: str, why: str) -> None:
    assert why in await message(folder, **{name: value})


async def test_of_two_packages_that_bring_one_name_none_is_used(folder: Path) -> None:
    install(folder, "other", BRITTLE, loops={"Raising": "other:raising"})
    assert "Raising is brought more than once (" in await message(folder, Raising="brittle:raising")


async def test_a_broken_one_keeps_no_other_from_being_found(folder: Path) -> None:
    loops = {"Gone": "brittle:gone", "Raising": "brittle:raising"}
    install(folder, "brittle", BRITTLE, loops=loops)
    discovery = await found()
    assert [(each.name, each.state) for each in discovery.standings] == [("Gone", "Broken"), ("Raising", "Working")]


async def test_a_notifier_never_takes_the_name_of_a_configured_channel(folder: Path) -> None:
    install(folder, "brittle", BRITTLE, notifiers={"oncall": "brittle:shapeless"})
    (standing,) = (await found(NOTIFIERS, "oncall")).standings
    assert "oncall is there already" in standing.message


async def test_an_action_without_its_method_is_broken(folder: Path) -> None:
    text = "class Half:\n    name = 'half'\n"
    install(folder, "brittle", text, actions={"half": "brittle:Half"})
    (standing,) = (await found(ACTIONS, "-")).standings
    assert standing.message == "ValueError: it has no method act, and its kind needs one"


async def test_a_folder_of_packages_is_looked_in_last_so_that_it_replaces_nothing_of_the_operator_s(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    further = tmp_path_factory.mktemp("further")
    (further / "autonomic").mkdir()
    (further / "autonomic" / "forged.py").touch()
    install(further, "other", BRITTLE, loops={"Raising": "other:raising"})
    install(further, "brittle", "raising = None", loops={"Early": "brittle:raising"})
    install(folder, "brittle", BRITTLE, loops={"Misnamed": "brittle:misnamed"})
    look_in(further)
    look_in(further)
    assert sys.path.count(str(further)) == 1
    standings = (await found()).standings
    assert [(each.name, each.package, each.state) for each in standings] == [
        ("Misnamed", "brittle 0.1", "Broken"),
        ("Raising", "other 0.1", "Working"),
    ]
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("autonomic.forged")
