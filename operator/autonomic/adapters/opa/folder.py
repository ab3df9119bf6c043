"""Policies that lie in a folder, as a person keeps them."""

import hashlib
from pathlib import Path

from autonomic.domain.errors import Invalid
from autonomic.ports.policy import PolicySet


def policies_in(folder: Path) -> PolicySet:
    """What a folder holds, or one file, without tests; the revision is the start of the digest.

    Raises Invalid where there is none.
    """
    files = policy_files(folder)
    root = folder.absolute() if folder.is_dir() else folder.absolute().parent
    digest = hashlib.sha256(b"".join(each.read_bytes() for each in files)).hexdigest()
    return PolicySet(
        {str(each.relative_to(root)): each.read_text(encoding="utf-8") for each in files},
        {"autonomic": {"policy": {"revision": f"files-{digest[:12]}"}}},
    )


def policy_files(folder: Path) -> list[Path]:
    """The Rego files of a folder, or one file, without their tests. Raises Invalid where there is none."""
    found = sorted(folder.absolute().rglob("*.rego")) if folder.is_dir() else [folder.absolute()]
    files = [each for each in found if each.is_file() and not each.name.endswith("_test.rego")]
    if not files:
        raise Invalid(f"{folder}: no .rego file is there: give the folder of the policies, as shipped in `policies`")
    return files
