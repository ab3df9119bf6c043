"""Rego files that are supposed, and which of those in force they stand in place of."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from autonomic.domain.model import Model
from autonomic.governance.owners import MOST_BYTES, package_of

MOST_FILES, MOST_TOGETHER = 32, 256 * 1024
"""Files, and their bytes."""


def _no_test(name: str) -> str:
    if name.endswith("_test.rego"):
        raise ValueError(f"{name} is a test: leave it out")
    return name


def _of_one_file(text: str) -> str:
    if (size := len(text.encode())) > MOST_BYTES:
        raise ValueError(f"it has {size} bytes: {MOST_BYTES} is the most")
    return text


class PolicyFile(Model):
    """One Rego file."""

    name: Annotated[
        str, StringConstraints(max_length=128, pattern=r"^[A-Za-z0-9][-A-Za-z0-9_.]*\.rego$"), AfterValidator(_no_test)
    ] = Field(description="Its name, such as tiers.rego: for a file of the shipped packs, the one that it replaces.")
    rego: Annotated[str, StringConstraints(min_length=1), AfterValidator(_of_one_file)] = Field(
        description="Its text, at most 32 KiB."
    )

    @property
    def of_owners(self) -> bool:
        """Whether it is an owner's policy, and no file of the packs."""
        return package_of(self.rego) is not None


class SupposedPolicies(Model):
    """Rego files, and which of those in force they stand in place of."""

    files: tuple[PolicyFile, ...] = Field(
        default=(), max_length=MOST_FILES, description="The files, together at most 256 KiB."
    )
    instead_of: Literal["Same", "Owners", "All"] = Field(
        default="Same",
        description="Same: an owner's file (package autonomic.owners.NAME) replaces the one of its package, any other the"
        " pack of its name, and one that replaces none comes beside; Owners: they replace all owners' policies; All: they"
        " replace everything, packs included.",
    )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        size = sum(len(each.rego.encode()) for each in self.files)
        names = [each.name for each in self.files]
        if size > MOST_TOGETHER:
            raise ValueError(f"the files have {size} bytes together: {MOST_TOGETHER} is the most")
        if len(set(names)) < len(names):
            raise ValueError(f"two files are named {max(names, key=names.count)}: give each a name of its own")
        if self.instead_of == "All" and not self.files:
            raise ValueError("without any file nothing would decide: give the files, or leave out insteadOf")
        return self
