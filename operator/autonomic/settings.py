"""What the environment says: read once, checked, frozen. Every variable is `AUTONOMIC_` and the field's name in capitals."""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, model_validator
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from autonomic.domain.servers import DEFAULT
from autonomic.domain.units import milliseconds, seconds
from autonomic.domain.words import Name, ShortName
from autonomic.environment import agreement
from autonomic.environment.audiences import Audiences
from autonomic.environment.certificate import Certificate, certificate
from autonomic.environment.files import AuthoritiesFile, File, SecretFile
from autonomic.environment.hidden import HiddenError
from autonomic.environment.outlets import Outlet, read_outlets
from autonomic.environment.pairs import Headers, Parameters
from autonomic.environment.places import JournalPlace, PluginsFolder, SignalsFolder
from autonomic.environment.senders import WebhookSender, read_senders
from autonomic.environment.server import MetricsServer
from autonomic.environment.servers import read_servers
from autonomic.environment.tenants import TenantLabel
from autonomic.environment.web import HostAddress, WebAddress

PREFIX = "AUTONOMIC_"
_ALIKE = 0.8
_LOGIN = re.compile(r"//[^/]*@")


class SettingsError(ValueError):
    """The environment is not usable; the message names each variable, its value, and the way out."""


def _duration(value: str) -> str:
    milliseconds(value)
    return value


def _capitals(value: Any) -> Any:
    return value.upper() if isinstance(value, str) else value


Span = Annotated[str, AfterValidator(_duration)]
LogLevel = Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(_capitals)]


class Settings(BaseSettings):
    """How this process was told to run. Durations are written as Prometheus writes them: 10s, 1500ms, 7d."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, frozen=True, extra="ignore", populate_by_name=True
    )

    prometheus_url: WebAddress = Field(default="http://127.0.0.1:9090", description="Where Prometheus answers.")
    prometheus_timeout: Span = Field(default="10s", description="Longest wait for one answer of Prometheus.")
    prometheus_concurrency: int = Field(
        default=4, ge=1, le=64, description="The most questions that Prometheus is asked at once."
    )
    prometheus_bearer_token_file: SecretFile | None = Field(
        default=None, description="A file with the token that Prometheus wants; read again when it changes."
    )
    prometheus_username: str = Field(
        default="", max_length=253, pattern=r"^[!-9;-~]*$", description="The user's name that Prometheus wants."
    )
    prometheus_password_file: SecretFile | None = Field(
        default=None, description="A file with the password of that user; read again when it changes."
    )
    prometheus_ca_file: AuthoritiesFile | None = Field(
        default=None, description="A PEM file with the authorities that Prometheus's certificate comes from."
    )
    prometheus_certificate_file: File | None = Field(
        default=None, description="A PEM file with our own certificate, where Prometheus wants one."
    )
    prometheus_key_file: File | None = Field(default=None, description="A PEM file with that certificate's key.")
    prometheus_headers: Headers = Field(
        default_factory=dict, description="Headers that go with every question, such as X-Scope-OrgID."
    )
    prometheus_parameters: Parameters = Field(
        default_factory=dict, description="Parameters that go with every question, such as dedup."
    )
    prometheus_servers_file: File | None = Field(
        default=None, description="A file with further servers of metrics, which objects ask by their names."
    )
    tenant_label: TenantLabel = Field(
        default="",
        description="The label that holds the namespace, where tenants share a Prometheus; empty where they do not.",
    )
    opa_url: HostAddress = Field(default="http://127.0.0.1:8181", description="Where the Open Policy Agent answers.")
    opa_timeout: Span = Field(default="1500ms", description="Longest wait for one decision of the policies.")
    opa_program: str = Field(
        default="opa", min_length=1, description="The program that checks owners' policies: a path, or a name in PATH."
    )
    policy_schema: Path | None = Field(
        default=None, description="A file with the JSON Schema of what policies are asked; owners' are checked with it."
    )
    kubeconfig: Path | None = Field(
        default=None,
        validation_alias="KUBECONFIG",
        description="A kubeconfig file; left out, the account of the pod is used.",
    )
    namespace: ShortName = Field(default="autonomic-system", description="The operator's own namespace.")
    pod_name: str = Field(
        default="", max_length=253, description="The operator's own pod; empty outside a pod, and none is labelled."
    )
    lease_name: Name = Field(default="autonomic", description="The Lease that says which replica acts.")
    lease_seconds: int = Field(
        default=15, ge=3, le=300, description="How long a silent leader keeps the Lease, in seconds."
    )
    http_host: str = Field(default="127.0.0.1", min_length=1, description="The address that the HTTP API listens on.")
    http_port: int = Field(default=8080, ge=1, le=65535, description="The port that the HTTP API listens on.")
    http_audiences: Audiences = Field(
        default=(),
        description="Audiences, with commas between them: a caller's token must be bound to one. Left out, to the cluster.",
    )
    http_certificate_file: File | None = Field(
        default=None, description="A PEM file with the certificate of the HTTP API; read again when it changes."
    )
    http_key_file: File | None = Field(default=None, description="A PEM file with that certificate's key.")
    http_requests_per_second: int = Field(
        default=50, ge=1, le=10_000, description="How often one tenant may ask the HTTP API, but for tasks."
    )
    http_decisions_per_second: int = Field(
        default=4_000,
        ge=1,
        le=100_000,
        description="How many decisions and outcomes of routes one tenant may ask for; one core answers about twice as many.",
    )
    http_new_tokens_per_second: int = Field(
        default=5, ge=1, le=1_000, description="How many tokens that are new here are looked at, of one address."
    )
    log_level: LogLevel = Field(default="INFO", description="The least severe log line that is written.")
    log_format: Literal["json", "console"] = Field(default="json", description="json for machines, console for people.")
    journal: JournalPlace = Field(
        default="stdout",
        description="Where decisions and writes are recorded: stdout, the absolute path of a file, or off.",
    )
    outlets_file: File | None = Field(
        default=None, description="A file with the channels and endpoints outside that plans may call."
    )
    signals_folder: SignalsFolder | None = Field(
        default=None, description="A folder where accepted signals are kept; left out, nothing can be pushed here."
    )
    signals_retention: Span = Field(default="15m", description="How long accepted signals are kept there.")
    signals_log_mib: int = Field(default=256, ge=16, le=65536, description="The most that they may take there, in MiB.")
    signals_senders_file: File | None = Field(
        default=None, description="A file with the senders of signals that have a secret instead of a Kubernetes token."
    )
    plugins_folder: PluginsFolder | None = Field(
        default=None,
        description="A folder with packages of plug-ins, beside those that are installed with the operator.",
    )
    plan_expiry: Span = Field(default="1h", description="How long a plan waits for a person.")
    plan_ttl: Span = Field(default="7d", description="How long a finished plan is kept.")
    objects_per_namespace: int = Field(
        default=500,
        ge=0,
        le=100_000,
        description="The most objects of each kind that are judged in one namespace, the oldest first; 0 is all of them.",
    )
    ingestion_delay: Span = Field(
        default="10s", description="How old samples are before Prometheus surely has them; 1ms is as good as none."
    )

    @classmethod
    def read(cls, **given: str) -> Self:
        """The settings of this process's environment; what is given by a field's name wins. Raises SettingsError."""
        try:
            return cls(**given)  # type: ignore[arg-type]  # checked like the environment's strings
        except ValidationError as error:
            raise SettingsError("\n".join(_sentence(each) for each in error.errors())) from None

    @property
    def metrics_server(self) -> MetricsServer:
        """How Prometheus is reached. Raises ValueError when two variables contradict each other."""
        url = self.prometheus_url
        return MetricsServer(
            url,
            seconds(self.prometheus_timeout),
            self.prometheus_concurrency,
            agreement.login(
                url, self.prometheus_bearer_token_file, self.prometheus_username, self.prometheus_password_file
            ),
            agreement.tls(url, self.prometheus_ca_file, self.prometheus_certificate_file, self.prometheus_key_file),
            self.prometheus_headers,
            self.prometheus_parameters,
        )

    @property
    def metrics_servers(self) -> Mapping[str, MetricsServer]:
        """Every server of metrics by its name, the default first. Raises ValueError when the file says nonsense."""
        first = self.metrics_server
        if self.prometheus_servers_file is None:
            return {DEFAULT: first}
        try:
            named = read_servers(self.prometheus_servers_file, first.timeout, first.concurrency)
        except ValueError as error:
            file = str(self.prometheus_servers_file)
            raise ValueError(f"{PREFIX}PROMETHEUS_SERVERS_FILE is {file!r}: {error}") from None
        return {DEFAULT: first, **named}

    @property
    def certificate(self) -> Certificate | None:
        """What the HTTP API proves itself with; None for plain HTTP. Raises ValueError when it is not usable."""
        return certificate(self.http_certificate_file, self.http_key_file)

    @property
    def outlets(self) -> tuple[Outlet, ...]:
        """Whom plans may call outside. Raises ValueError when the file says nonsense."""
        if self.outlets_file is None:
            return ()
        try:
            return read_outlets(self.outlets_file)
        except ValueError as error:
            raise ValueError(f"{PREFIX}OUTLETS_FILE is {str(self.outlets_file)!r}: {error}") from None

    @property
    def senders(self) -> tuple[WebhookSender, ...]:
        """Who may send signals without a Kubernetes token. Raises ValueError when the file says nonsense."""
        if self.signals_senders_file is None:
            return ()
        try:
            return read_senders(self.signals_senders_file)
        except ValueError as error:
            raise ValueError(f"{PREFIX}SIGNALS_SENDERS_FILE is {str(self.signals_senders_file)!r}: {error}") from None

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        _ = (
            self.metrics_servers,
            self.outlets,
            self.senders,
            self.certificate,
        )  # raise ValueError with a sentence of their own
        return self


def variables() -> tuple[str, ...]:
    """Every variable that is read."""
    return tuple(_variable(name, info) for name, info in Settings.model_fields.items())


def misspelt(environment: Mapping[str, str]) -> dict[str, str]:
    """Variables that nothing reads but that look like one which is read, with that one.

    Others with our prefix are left alone: Kubernetes writes a Service's address into variables of its name.
    """
    ours = {name.removeprefix(PREFIX): name for name in variables()}
    strange = [name for name in environment if name.startswith(PREFIX) and name not in ours.values()]
    near = {name: get_close_matches(name.removeprefix(PREFIX), ours, n=1, cutoff=_ALIKE) for name in sorted(strange)}
    return {name: ours[found[0]] for name, found in near.items() if found}


def _variable(name: str, info: FieldInfo) -> str:
    return info.validation_alias if isinstance(info.validation_alias, str) else f"{PREFIX}{name.upper()}"


def _sentence(error: ErrorDetails) -> str:
    wrong = error["msg"].removeprefix("Value error, ")
    if not error["loc"]:
        return f"{wrong}."
    name = str(error["loc"][0]).lower()
    info = Settings.model_fields[name]
    default = f" Left out, it is {info.default!r}." if isinstance(info.default, str | int) else ""
    return f"{_variable(name, info)} {_shown(error)}: {wrong}. {info.description}{default}"


def _shown(error: ErrorDetails) -> str:
    if isinstance(error.get("ctx", {}).get("error"), HiddenError):
        return "has a value that is not shown, for it may be a secret"
    return f"is {without_password(str(error['input']))!r}"


def without_password(address: str) -> str:
    """The address as it may be shown: who logs in, and with what, is left out."""
    return _LOGIN.sub("//", address)
