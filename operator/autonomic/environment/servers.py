"""Further servers of metrics, as an administrator's file says it: objects ask them by their names.

The file is YAML or JSON, `servers:` with a list of `NamedServer`s. No message shows a header, a parameter or a login.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from autonomic.domain.servers import DEFAULT
from autonomic.domain.units import Duration, seconds
from autonomic.domain.words import ShortName
from autonomic.environment import agreement
from autonomic.environment.files import AuthoritiesFile, File, SecretFile
from autonomic.environment.hidden import HiddenError
from autonomic.environment.listed import Listed, read_list, telling
from autonomic.environment.pairs import ServerHeaders, ServerParameters, server_headers
from autonomic.environment.server import MetricsServer
from autonomic.environment.web import web_address

_SHOWN = frozenset({"name", "timeout", "concurrency", "username"})


class NamedServer(Listed):
    """One server. Tokens and passwords are read again when their files change, `headersFile` at the start."""

    name: ShortName = Field(description="The name that contracts, playbooks and budgets use.")
    url: Annotated[str, AfterValidator(web_address)] = Field(description="Where it answers.")
    timeout: Duration | None = Field(default=None, description="Longest wait for one answer; the default server's.")
    concurrency: int | None = Field(
        default=None, ge=1, le=64, description="The most questions that it is asked at once."
    )
    bearer_token_file: SecretFile | None = Field(default=None, description="A file with the token that it wants.")
    username: str = Field(default="", max_length=253, pattern=r"^[!-9;-~]*$", description="The user that it wants.")
    password_file: SecretFile | None = Field(default=None, description="A file with that user's password.")
    ca_file: AuthoritiesFile | None = Field(default=None, description="Authorities of its certificate, as PEM.")
    certificate_file: File | None = Field(default=None, description="Our own certificate, as PEM.")
    key_file: File | None = Field(default=None, description="That certificate's key.")
    headers: ServerHeaders = Field(default={}, description="Headers of every question, such as X-Scope-OrgID.")
    headers_file: File | None = Field(default=None, description="A file with further headers.")
    parameters: ServerParameters = Field(default={}, description="Parameters of every query, such as dedup.")

    def reached(self, timeout: float, concurrency: int) -> MetricsServer:
        """How it is reached; what it leaves out is as given. Raises ValueError when fields contradict each other."""
        words = agreement.FIELDS
        return MetricsServer(
            self.url,
            seconds(self.timeout) if self.timeout else timeout,
            self.concurrency or concurrency,
            agreement.login(self.url, self.bearer_token_file, self.username, self.password_file, words),
            agreement.tls(self.url, self.ca_file, self.certificate_file, self.key_file, words),
            {**self.headers, **(_headers(self.headers_file) if self.headers_file else {})},
            self.parameters,
        )

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if self.name == DEFAULT:
            raise ValueError(f"{DEFAULT!r} is the server of AUTONOMIC_PROMETHEUS_URL: give this one another name")
        _ = self.reached(1.0, 1)  # raises ValueError with a sentence of its own
        return self


def read_servers(file: Path, timeout: float, concurrency: int) -> Mapping[str, MetricsServer]:
    """The servers of the file, by name. Raises ValueError: a sentence for each mistake, with the field and the way out."""
    found = read_list(file, "servers", NamedServer, telling("servers", _SHOWN))
    return {each.name: each.reached(timeout, concurrency) for each in found}


def _headers(file: Path) -> Mapping[str, str]:
    try:
        return server_headers(file.read_text("ascii"))
    except (OSError, UnicodeDecodeError):
        raise HiddenError(f"headersFile: {file} can't be read: mount a file of printable ASCII there") from None
    except HiddenError as error:
        raise HiddenError(f"headersFile: {error}") from None
