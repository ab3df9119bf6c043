"""How a metrics server is reached: its address, who asks, and how many questions it is spared."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Bearer:
    """A token in a file. It is read again whenever the file changes, since tokens rotate."""

    token_file: Path


@dataclass(frozen=True, slots=True)
class Basic:
    """A user's name, and the password in a file that is read again whenever it changes."""

    user: str
    password_file: Path


@dataclass(frozen=True, slots=True)
class Tls:
    """PEM files: whom we trust (the usual authorities where it is None), and who we are. Each new connection reads them."""

    ca_file: Path | None = None
    certificate_file: Path | None = None
    key_file: Path | None = None


@dataclass(frozen=True, slots=True)
class MetricsServer:
    """A Prometheus, Thanos, Mimir, Cortex or VictoriaMetrics.

    `timeout` is in seconds, `concurrency` the most questions that it is asked at once. `headers` and `parameters` go with every
    question, such as X-Scope-OrgID and dedup.
    """

    url: str
    timeout: float
    concurrency: int = 4
    login: Bearer | Basic | None = None
    tls: Tls = Tls()
    headers: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)
