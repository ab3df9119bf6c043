"""Rows whose target is a ConfigMap: SetConfig, DegradedMode, SwitchModel, ShedLoad."""

from typing import Any

from tests.contract.actions.row import GROUP, Manifest, Row, manifest, noted

_UNFIT = (
    ({"immutable": True}, "is immutable"),
    ({"metadata": {"annotations": {f"{GROUP}/writable-keys": "other"}}}, "lists other"),
    ({"kind": "Secret"}, "is set in a ConfigMap"),
)


def config_map(name: str, **data: str) -> Manifest:
    """A ConfigMap of which some keys may be changed."""
    keys = noted(writable_keys="mode, degraded,model,shed,limit")
    return manifest("v1", "ConfigMap", name, annotations=keys, data={"secretive": "1", **data})


def _row(name: str, permitted: dict[str, Any], key: str, change: tuple[str | None, str], says: str) -> Row:
    data = {} if change[0] is None else {key: change[0]}
    return Row(
        name=name,
        permitted=permitted,
        target=lambda named: config_map(named, **data),
        changes={f"/data/{key}": change},
        theirs="something else",
        says=says,
        unfit=_UNFIT,
    )


ROWS = (
    _row(
        "SetConfig", {"type": "SetConfig", "setConfig": {"key": "mode", "value": "safe"}}, "mode", ("fast", "safe"),
        "set a key (mode: fast -> safe)",
    ),
    _row(
        "SetConfig of a key that was not there", {"type": "SetConfig", "setConfig": {"key": "mode", "value": "safe"}},
        "mode", (None, "safe"), "set a key (mode: (none) -> safe)",
    ),
    _row(
        "SetConfig to nothing", {"type": "SetConfig", "setConfig": {"key": "mode", "value": ""}}, "mode", ("fast", ""),
        "set a key (mode: fast -> )",
    ),
    _row(
        "DegradedMode", {"type": "DegradedMode", "degradedMode": {"key": "degraded"}}, "degraded", ("false", "true"),
        "switch the degraded mode (degraded: false -> true)",
    ),
    _row(
        "SwitchModel", {"type": "SwitchModel", "switchModel": {"key": "model", "model": "small"}}, "model",
        ("large", "small"), "switch the model (model: large -> small)",
    ),
    _row(
        "ShedLoad", {"type": "ShedLoad", "shedLoad": {"key": "shed", "percent": 20}}, "shed", ("0", "20"),
        "shed load (shed: 0 -> 20)",
    ),
)  # fmt: skip
