"""What the environment says: read once, checked, frozen. Every variable is `AUTONOMIC_` and the field's name in capitals."""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from autonomic.domain.units import milliseconds
from autonomic.domain.words import Name, ShortName

PREFIX = "AUTONOMIC_"
_ALIKE = 0.8
_LOGIN = re.compile(r"//[^/]*@")


class SettingsError(ValueError):
    """The environment is not usable; the message names each variable, its value, and the way out."""


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("write it as http://host:port or https://host:port")
    _ = parts.port  # raises ValueError with a sentence of its own
    return value.rstrip("/")


def _host_alone(value: str) -> str:
    parts = urlsplit(value)
    if parts.path or parts.query or parts.username:
        raise ValueError("only a host and a port are possible here, such as http://127.0.0.1:8181")
    return value


def _duration(value: str) -> str:
    milliseconds(value)
    return value


def _capitals(value: Any) -> Any:
    return value.upper() if isinstance(value, str) else value


WebAddress = Annotated[str, AfterValidator(_web_address)]
HostAddress = Annotated[WebAddress, AfterValidator(_host_alone)]
Span = Annotated[str, AfterValidator(_duration)]
LogLevel = Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(_capitals)]


class Settings(BaseSettings):
    """How this process was told to run. Durations are written as Prometheus writes them: 10s, 1500ms, 7d."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, frozen=True, extra="ignore", populate_by_name=True
    )

    prometheus_url: WebAddress = Field(default="http://127.0.0.1:9090", description="Where Prometheus answers.")
    prometheus_timeout: Span = Field(default="10s", description="Longest wait for one answer of Prometheus.")
    opa_url: HostAddress = Field(default="http://127.0.0.1:8181", description="Where the Open Policy Agent answers.")
    opa_timeout: Span = Field(default="1500ms", description="Longest wait for one decision of the policies.")
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
    log_level: LogLevel = Field(default="INFO", description="The least severe log line that is written.")
    log_format: Literal["json", "console"] = Field(default="json", description="json for machines, console for people.")
    plan_expiry: Span = Field(default="1h", description="How long a plan waits for a person.")
    plan_ttl: Span = Field(default="7d", description="How long a finished plan is kept.")
    ingestion_delay: Span = Field(
        default="10s", description="How old samples are before Prometheus surely has them; 1ms is as good as none."
    )

    @classmethod
    def read(cls) -> Self:
        """The settings of this process's environment. Raises SettingsError."""
        try:
            return cls()
        except ValidationError as error:
            raise SettingsError("\n".join(_sentence(each) for each in error.errors())) from None


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
    name = str(error["loc"][0]).lower()
    info = Settings.model_fields[name]
    wrong = error["msg"].removeprefix("Value error, ")
    default = "" if info.default is None else f" Left out, it is {info.default!r}."
    return f"{_variable(name, info)} is {without_password(str(error['input']))!r}: {wrong}. {info.description}{default}"


def without_password(address: str) -> str:
    """The address as it may be shown: who logs in, and with what, is left out."""
    return _LOGIN.sub("//", address)
