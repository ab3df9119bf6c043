"""How a server may fail to answer."""


class NoAnswerError(Exception):
    """There is no usable answer; the message completes the sentence "did not answer: ..."."""


class PassingError(NoAnswerError):
    """No answer now, and perhaps one in a moment: refused, reset, 429, 502, 503, 504. Never a time-out.

    `wait` is how many seconds the server asked for; None when it did not.
    """

    def __init__(self, message: str, wait: float | None = None) -> None:
        super().__init__(message)
        self.wait = wait
