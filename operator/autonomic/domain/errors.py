"""The tree of errors that cross a port. Adapters translate into these; nothing else leaves an adapter.

AutonomicError
  Retryable            the same call may succeed later, unchanged
    Unavailable        no answer: refused, reset, timed out, 429, 5xx
    Conflict           the object changed since it was read: read again, decide again
  Terminal             the same call will never succeed
    NotFound           no such object
    AlreadyExists      a create found its name taken
    Forbidden          admission said no; final
      NotPermitted     RBAC said no, or does not say yes yet: a server that starts serves before it has read its rules
    Invalid            the server or the query language does not accept the content
  LeadershipLost       another replica may act: write nothing more
"""


class AutonomicError(Exception):
    """Root of all errors of this project. `str(error)` is a sentence for a person."""


class Retryable(AutonomicError):
    """The same call may succeed later."""


class Unavailable(Retryable):
    """A peer gave no usable answer: unreachable, too slow, overloaded, failing."""


class Conflict(Retryable):
    """The object changed since it was read (HTTP 409)."""


class Terminal(AutonomicError):
    """The same call will never succeed."""


class NotFound(Terminal):
    """The named object does not exist (HTTP 404)."""


class AlreadyExists(Terminal):
    """A create found the name taken (HTTP 409 on create)."""


class Forbidden(Terminal):
    """RBAC or admission refused (HTTP 401, 403)."""


class NotPermitted(Forbidden):
    """RBAC refused, or does not know the caller; a server that has just started may not have read its rules yet."""


class Invalid(Terminal):
    """The content is not acceptable (HTTP 400, 422, a PromQL error)."""


class LeadershipLost(AutonomicError):
    """This replica no longer holds the Lease."""
