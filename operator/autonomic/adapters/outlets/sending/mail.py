"""SMTP as the library speaks it: codes are remembered, and a look stops before the first command."""

import smtplib

from autonomic.adapters.outlets.sending.bounds import Findings

_TRANSIENT, _PERMANENT = 503, 400
"""The HTTP statuses that mean as much as SMTP's 4yz and 5yz."""


def watch(findings: Findings, *, only_look: bool) -> None:
    """From now on every SMTP connection is watched."""
    heard, said = smtplib.SMTP.getreply, smtplib.SMTP.putcmd

    def getreply(connection: smtplib.SMTP) -> tuple[int, bytes]:
        code, text = heard(connection)
        if code >= 400:
            findings.statuses[:] = [_TRANSIENT if code < 500 else _PERMANENT]
        return code, text

    def putcmd(connection: smtplib.SMTP, command: str, arguments: str = "") -> None:
        if only_look:
            findings.reached = True
            raise smtplib.SMTPServerDisconnected
        said(connection, command, arguments)

    smtplib.SMTP.getreply = getreply  # type: ignore[method-assign, assignment]
    smtplib.SMTP.putcmd = putcmd  # type: ignore[method-assign, assignment]
