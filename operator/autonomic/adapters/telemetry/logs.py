"""One line a fact: a constant message, variable fields, one renderer for ours and for what libraries log."""

import logging
from typing import Any, Literal, TextIO

import structlog
from structlog.types import Processor

from autonomic.domain.findings import Fact
from autonomic.ports.journal import Journal

OWN = "autonomic"
"""The logger above all of ours."""


def set_up_logs(level: str, form: Literal["json", "console"], stream: TextIO) -> None:
    """From now on every log line goes to the stream: ours from `level` on, those of libraries from WARNING on."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_formatter(form, colours=stream.isatty()))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger(OWN).setLevel(level)
    structlog.configure(
        processors=[*_shared(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


def _shared() -> list[Processor]:
    return [
        structlog.stdlib.filter_by_level,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
    ]


def _formatter(form: Literal["json", "console"], *, colours: bool) -> logging.Formatter:
    last: Processor = (
        structlog.processors.JSONRenderer() if form == "json" else structlog.dev.ConsoleRenderer(colors=colours)
    )
    trace: list[Processor] = [structlog.processors.format_exc_info] if form == "json" else []
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_shared()[1:],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *trace, last],
    )


class LogJournal(Journal):
    """Each fact as one line: `event` is the fact's name, the rest are fields."""

    def __init__(self) -> None:
        self._log: structlog.stdlib.BoundLogger = structlog.get_logger(f"{OWN}.facts")

    async def record(self, fact: Fact) -> None:
        """Writes the line, at WARNING or INFO."""
        write = self._log.warning if fact.warning else self._log.info
        write(fact.name, **_line(fact))


def _line(fact: Fact) -> dict[str, Any]:
    about = {"kind": fact.about.kind, "namespace": fact.about.namespace, "name": fact.about.name}
    # A field of the fact never hides what it is about, whatever it is called.
    return {
        "message": fact.message,
        **{name: value for name, value in about.items() if value},
        "fields": dict(fact.fields),
    }
