"""An OPA that is started for a while over some policies, on loopback, and ended with whoever wanted it."""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp

from autonomic.adapters.opa.launching import UNBOUND, Bounds, launched
from autonomic.domain.errors import Invalid, Unavailable
from autonomic.ports.policy import PolicySet

LOOPBACK = "127.0.0.1"
_TRIES = 3
_SECONDS = 20.0
"""How long it may take to begin. It takes about 100 ms."""
_AGAIN = 0.05


@contextlib.asynccontextmanager
async def started(program: str, policies: PolicySet, bounds: Bounds = UNBOUND) -> AsyncIterator[str]:
    """The address of an OPA that serves these policies.

    Raises Invalid for a policy that is faulty and a program that does not run, Unavailable.
    """
    with TemporaryDirectory(prefix="autonomic-opa-") as name:
        folder = Path(name)
        files = await asyncio.to_thread(laid_out, folder, policies)
        for last in (*(False,) * (_TRIES - 1), True):
            port = _free_port()
            process = await _process(program, port, files, folder, bounds)
            try:
                if await _ready(process, port, folder / "said", last=last):
                    yield f"http://{LOOPBACK}:{port}"
                    return
            finally:
                await ended(process)


def laid_out(folder: Path, policies: PolicySet) -> tuple[str, ...]:
    """The files of the policies, as they are written into the folder: paths within it."""
    (folder / "data.json").write_text(json.dumps(dict(policies.data)))
    for name, text in policies.modules.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return (*policies.modules, "data.json")


async def ended(process: asyncio.subprocess.Process) -> None:
    """It is gone. It holds nothing that would have to be put in order first."""
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    await process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


async def _process(
    program: str, port: int, files: tuple[str, ...], folder: Path, bounds: Bounds
) -> asyncio.subprocess.Process:
    """The program; what it says goes into a file, since nobody reads along."""
    flags = ("--addr", f"{LOOPBACK}:{port}", "--log-level=error", "--skip-version-check", "--disable-telemetry")
    try:
        with (folder / "said").open("wb") as log:
            return await launched(program, ("run", "--server", *flags, *files), folder, bounds, log)
    except OSError as error:
        raise Invalid(f"{program}: it does not run: {error.strerror or error}") from error


async def _ready(process: asyncio.subprocess.Process, port: int, said: Path, *, last: bool) -> bool:
    """Whether it answers; False where somebody else took its port meanwhile. Raises Invalid, Unavailable."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_SECONDS), aiohttp.ClientSession() as session:
            while process.returncode is None:
                if await _answers(session, f"http://{LOOPBACK}:{port}/health"):
                    return True
                await asyncio.sleep(_AGAIN)
    if process.returncode is None:
        raise Unavailable(f"OPA did not begin within {_SECONDS:g} s")
    complaint = _complaint(said)
    if "address already in use" in complaint and not last:
        return False
    raise Invalid(f"OPA ended at once: {complaint[:2000]}")


def _complaint(said: Path) -> str:
    return " ".join(said.read_text(errors="replace").split())


async def _answers(session: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with session.get(url, timeout=aiohttp.ClientTimeout(total=2)) as answer:
            return answer.status == 200
    except (aiohttp.ClientError, TimeoutError):
        return False
