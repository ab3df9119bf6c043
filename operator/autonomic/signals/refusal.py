"""Why something is not accepted: a word that is counted, and a sentence for whoever sent it."""

from enum import StrEnum


class Reason(StrEnum):
    """Words of `autonomic_signals_refused_total{reason}`."""

    MALFORMED = "Malformed"
    NO_NAMESPACE = "NoNamespace"
    NOT_FINITE = "NotFinite"
    BAD_LABELS = "BadLabels"
    OUT_OF_RANGE = "OutOfRange"
    TOO_OLD = "TooOld"
    IN_FUTURE = "InFuture"
    NOT_ALLOWED = "NotAllowed"
    TOO_MANY_EVENTS = "TooManyEvents"
    TOO_FAST = "TooFast"
    TOO_MANY_AT_ONCE = "TooManyAtOnce"
    TOO_MANY_SENDERS = "TooManySenders"
    MEMORY_FULL = "MemoryFull"
    LOG_FULL = "LogFull"
    LOG_SHARE_FULL = "LogShareFull"
    NOT_KEPT = "NotKept"
    BODY_TOO_LARGE = "BodyTooLarge"
    BODY_TOO_SLOW = "BodyTooSlow"
    WRONG_CONTENT_TYPE = "WrongContentType"
    NOT_AUTHENTICATED = "NotAuthenticated"
    STANDS_BY = "StandsBy"


class Refused(Exception):
    """One event, or a whole request, is not accepted. `after` is when to try again, in seconds; None where that is no use."""

    def __init__(self, reason: Reason, sentence: str, after: float | None = None) -> None:
        super().__init__(sentence)
        self.reason = reason
        self.after = after
