"""Kubeconfig files: one for each person, and for tokens of ServiceAccounts."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from testbed.people import Person

CONTEXT = "testbed"


def with_token(path: Path, url: str, ca_file: Path, token: str) -> Path:
    """Write a kubeconfig that authenticates by a bearer token; JSON is YAML. Returns `path`."""
    cluster = {"server": url, "certificate-authority": str(ca_file)}
    return _write(path, cluster, {"token": token})


def impersonating(path: Path, own: Mapping[str, Any], person: Person) -> Path:
    """Write a kubeconfig that acts as `person` by the rights of `own`, a minified kubeconfig. Returns `path`.

    For clusters whose authentication is not ours to choose. Admission sees the person, the audit log sees both.
    """
    cluster = dict(own["clusters"][0]["cluster"])
    user = {**own["users"][0]["user"], "as": person.name, "as-groups": list(person.groups)}
    return _write(path, cluster, user)


def _write(path: Path, cluster: Mapping[str, Any], user: Mapping[str, Any]) -> Path:
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": CONTEXT, "cluster": cluster}],
        "users": [{"name": CONTEXT, "user": user}],
        "contexts": [{"name": CONTEXT, "context": {"cluster": CONTEXT, "user": CONTEXT}}],
        "current-context": CONTEXT,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(json.dumps(document, indent=2))
    return path
