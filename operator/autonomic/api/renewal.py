"""TLS with a certificate that is renewed while it is served: connections that come later see the new one."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import replace

import structlog
from fastapi import FastAPI

from autonomic.api.serving import Manner, serve
from autonomic.domain.errors import Invalid
from autonomic.environment.certificate import Certificate

LOOK_AGAIN_SECONDS = 10.0
Sleep = Callable[[float], Awaitable[None]]
"""Returns after so many seconds."""


class Renewed:
    """`context` serves with the files as they were when they were last usable. Raises Invalid when they are not at first."""

    def __init__(self, certificate: Certificate) -> None:
        self._certificate = certificate
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_2
        try:
            self._taken = certificate.content()
            certificate.load(self.context)
        except (OSError, ssl.SSLError) as problem:
            raise Invalid(f"cannot serve with the certificate {certificate.chain}: {problem}") from problem
        self._told: tuple[bytes, bytes] | None = None

    def look(self) -> bool:
        """Takes the files in where they changed, and says so. What is not usable is left, and told once. Never raises."""
        try:
            found = self._certificate.content()
            if found in (self._taken, self._told):
                return False
            self._told = found
            self._certificate.load(self.context)
        except (OSError, ssl.SSLError) as problem:
            structlog.get_logger("autonomic.api").warning("CertificateNotTaken", message=str(problem))
            return False
        self._taken, self._told = found, None
        structlog.get_logger("autonomic.api").info("CertificateTaken", message=str(self._certificate.chain))
        return True

    async def keep(self, sleep: Sleep) -> None:
        """Looks again and again until it is cancelled."""
        while True:
            await sleep(LOOK_AGAIN_SECONDS)
            self.look()


async def serve_renewed(
    app: FastAPI, where: tuple[str, int], certificate: Certificate, manner: Manner, sleep: Sleep
) -> None:
    """As `serve`, over TLS, at that host and port. Raises Invalid, too, when the certificate is not usable."""
    renewed = Renewed(certificate)
    keeping = asyncio.create_task(renewed.keep(sleep), name="certificate")
    try:
        await serve(app, *where, replace(manner, tls=renewed.context))
    finally:
        keeping.cancel()
