"""What a server says of itself, and of an expression. Servers other than Prometheus may lack each of these pages."""

import re
from datetime import timedelta
from typing import Any

from autonomic.adapters.prometheus.connection import Reply
from autonomic.adapters.prometheus.failures import NoAnswerError
from autonomic.adapters.prometheus.pieces import parsed
from autonomic.adapters.prometheus.replies import form_of, successful
from autonomic.domain.errors import Invalid
from autonomic.domain.units import span

_NO_SUCH_PAGE = (404, 405, 501)
_YEARS = re.compile(r"([0-9]{1,3})y")
_BEFORE_POSITION = 'invalid parameter "query": '


def is_anchored(reply: Reply) -> bool:
    """Whether the list of features has `anchored` of PromQL; a server without such a list has none. Raises NoAnswerError."""
    if _lacks_the_page(reply):
        return False
    with form_of("a list of features"):
        return _data(reply).get("promql", {}).get("anchored") is True


def retention(reply: Reply) -> timedelta | None:
    """How long samples are kept; None where no time is set, or the page is not for us. Raises NoAnswerError."""
    if reply.status == 403 or _lacks_the_page(reply):
        return None
    with form_of("a server's status"):
        said = str(_data(reply).get("storageRetention") or "").partition(" or ")[0]
    try:
        return span(_YEARS.sub(lambda years: f"{int(years[1]) * 365}d", said))
    except ValueError:  # "0s", or a size alone
        return None


def mistake(reply: Reply) -> str | None:
    """What the parser says against the expression; None when nothing, or when there is no parser. Raises NoAnswerError."""
    if _lacks_the_page(reply):
        return None
    try:
        successful(reply)
    except Invalid:
        return str(parsed(reply.body)[0]["error"]).removeprefix(_BEFORE_POSITION)
    return None


def _data(reply: Reply) -> dict[str, Any]:
    try:
        data: dict[str, Any] = successful(reply)[0]["data"]
    except Invalid as error:
        raise NoAnswerError(str(error)) from error
    return data


def _lacks_the_page(reply: Reply) -> bool:
    """VictoriaMetrics answers 400 to a path that it does not know, and not as it answers to a query."""
    return reply.status in _NO_SUCH_PAGE or (reply.status == 400 and "error" not in parsed(reply.body)[0])
