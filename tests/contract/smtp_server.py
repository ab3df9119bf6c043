"""A mail server on loopback that says what a test wants, and keeps what it was given."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field


@dataclass
class MailServer:
    """Where it listens, the commands that it heard, and the lines of the messages that it took."""

    port: int = 0
    commands: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)


@contextlib.asynccontextmanager
async def mail_server(answers: Mapping[str, str]) -> AsyncIterator[MailServer]:
    """A server that answers 250 to everything but the commands in `answers`."""
    mail = MailServer()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.closing(writer), contextlib.suppress(ConnectionError):
            writer.write(b"220 here\r\n")
            while line := (await reader.readline()).decode().strip():
                mail.commands.append(line)
                verb = line.partition(" ")[0].upper()
                writer.write(f"{answers.get(verb, '354 go on' if verb == 'DATA' else '250 yes')}\r\n".encode())
                if verb == "DATA" and "DATA" not in answers:
                    mail.lines += (await reader.readuntil(b"\r\n.\r\n")).decode().splitlines()
                    writer.write(b"250 taken\r\n")
                if verb == "QUIT":
                    return

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    mail.port = server.sockets[0].getsockname()[1]
    try:
        yield mail
    finally:
        server.close()
        await server.wait_closed()
