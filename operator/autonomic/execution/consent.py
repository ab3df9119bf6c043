"""What owners let be changed: written on their objects as annotations, so that consent stands where it is given."""

from autonomic.domain.targets import Target
from autonomic.domain.words import WRITABLE_ENV_ANNOTATION, WRITABLE_KEYS_ANNOTATION
from autonomic.execution.config_keys import key_path
from autonomic.execution.fields import mapping, unchangeable

_CODE = frozenset({"LD_PRELOAD", "LD_LIBRARY_PATH", "LD_AUDIT", "PYTHONPATH", "PYTHONSTARTUP", "NODE_OPTIONS", "PATH",
                   "JAVA_TOOL_OPTIONS", "RUBYOPT", "PERL5OPT", "BASH_ENV", "ENV"})  # fmt: skip
"""Variables that make a program load other code; no consent covers them."""


def env_objection(target: Target, name: str) -> str | None:
    """Why the variable must not be set."""
    if name in _CODE or name.startswith("LD_"):
        return f"{name} decides which code runs: it is never set"
    return _listed(target, WRITABLE_ENV_ANNOTATION, name)


def key_objection(target: Target, key: str) -> str | None:
    """Why the key must not be set."""
    if (target.ref.api_version, target.ref.kind) != ("v1", "ConfigMap"):
        return f"a key is set in a ConfigMap, not in {target.ref}"
    if target.raw.get("immutable"):
        return f"{target.ref} is immutable"
    if key in mapping(target.raw, "/binaryData"):
        return f"{key} of {target.ref} holds binary data"
    return _listed(target, WRITABLE_KEYS_ANNOTATION, key) or unchangeable(target, key_path(key))


def _listed(target: Target, annotation: str, name: str) -> str | None:
    listed = [each.strip() for each in target.annotations.get(annotation, "").split(",") if each.strip()]
    if name in listed:
        return None
    return f"{target.ref} does not let {name} be changed: its annotation {annotation} lists {', '.join(listed) or 'nothing'}"
