"""Whom the operator may call outside the cluster, as an administrator's file says it.

The file is YAML or JSON, `outlets:` with a list of `Outlet`s. No message has an address or a token in it: each may be a secret.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Self
from urllib.parse import SplitResult

from pydantic import Field, model_validator

from autonomic.domain.words import ShortName
from autonomic.environment import urls
from autonomic.environment.files import AuthoritiesFile, File, SecretFile
from autonomic.environment.hidden import HiddenError
from autonomic.environment.listed import Listed, read_list, telling
from autonomic.environment.pairs import OutletHeaders, outlet_headers
from autonomic.ports.outlets import OutletType

_SHOWN = frozenset({"name", "type", "urlFile", "bearerTokenFile", "headersFile", "caFile", "allowInsecure"})
"""Fields whose value may stand in a message. A file's path is no secret, unless the secret itself was written there."""


class Outlet(Listed):
    """One channel or endpoint. What stands in a file is read at every call, since addresses and tokens rotate."""

    name: ShortName = Field(description="The name that contracts and playbooks use.")
    type: OutletType = Field(description="Channel for people, Endpoint for the orchestrator.")
    url: str | None = Field(default=None, description="The address.")
    url_file: SecretFile | None = Field(default=None, description="A file with the address.")
    bearer_token_file: SecretFile | None = Field(default=None, description="Of an Endpoint: a file with the token.")
    headers: OutletHeaders = Field(default={}, description="Of an Endpoint: headers that go with every call.")
    headers_file: File | None = Field(default=None, description="Of an Endpoint: a file with further headers.")
    ca_file: AuthoritiesFile | None = Field(default=None, description="Authorities of the certificate, as PEM.")
    allow_insecure: bool = Field(default=False, description="Lets the address be one without TLS.")

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if bool(self.url) == bool(self.url_file):
            raise ValueError("set exactly one of url and urlFile")
        of_endpoints = {
            "bearerTokenFile": self.bearer_token_file,
            "headers": self.headers,
            "headersFile": self.headers_file,
        }
        strange = [name for name, value in of_endpoints.items() if value]
        if self.type == "Channel" and strange:
            raise ValueError(f"{strange[0]} is for an Endpoint: leave it out, a Channel's address says who calls")
        _ = self.address(), self.wire_headers()  # raise ValueError with a sentence of their own
        return self

    def address(self) -> SplitResult:
        """The address as it is now. Raises ValueError, with a sentence that does not show it."""
        text = _text(self.url_file) if self.url_file else self.url or ""
        check = urls.channel if self.type == "Channel" else urls.endpoint
        try:
            return check(text.strip(), insecure=self.allow_insecure)
        except ValueError as error:
            raise HiddenError(f"{'urlFile' if self.url_file else 'url'}: {error}") from None

    def wire_headers(self) -> dict[str, str]:
        """The headers as they are now, with who calls. Raises ValueError, with a sentence that shows no value."""
        found = dict(self.headers)
        if self.headers_file:
            found |= _of_file(self.headers_file)
        if not self.bearer_token_file:
            return found
        if any(name.lower() == "authorization" for name in found):
            raise HiddenError("bearerTokenFile and a header Authorization are both set: leave one of them out")
        return {**found, "Authorization": f"Bearer {_text(self.bearer_token_file).strip()}"}


def read_outlets(file: Path) -> tuple[Outlet, ...]:
    """The outlets of the file. Raises ValueError: a line for each mistake, with the field, its value and the way out."""
    return read_list(file, "outlets", Outlet, telling("outlets", _SHOWN))


def _of_file(file: Path) -> Mapping[str, str]:
    try:
        return outlet_headers(_text(file))
    except ValueError as error:
        raise HiddenError(f"headersFile: {error}") from None


def _text(file: Path) -> str:
    try:
        return file.read_text("ascii")
    except (OSError, UnicodeDecodeError):
        raise HiddenError(f"{file} can't be read: mount a file of printable ASCII there") from None
