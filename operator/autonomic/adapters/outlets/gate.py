"""Sockets for an outlet: each address is looked at after its name was resolved, right before it is connected to."""

import socket

from aiohttp.connector import AddrInfoType

from autonomic.environment.addresses import forbidden


class Gate:
    """Makes sockets to addresses that may be called. `refused` says why it last made none."""

    def __init__(self, *, loopback: bool) -> None:
        self.refused: str | None = None
        self._loopback = loopback

    def __call__(self, found: AddrInfoType) -> socket.socket:
        """A socket for that address. Raises PermissionError."""
        family, kind, protocol, _, address = found
        why = forbidden(address[0], loopback=self._loopback)
        if why:
            self.refused = why
            raise PermissionError(why)
        return socket.socket(family, kind, protocol)
