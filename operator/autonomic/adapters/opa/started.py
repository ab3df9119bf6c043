"""An OPA that is started for a while over a folder of policies, on loopback, and ended with whoever wanted it."""

import asyncio
import contextlib
import hashlib
import json
import socket
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp

from autonomic.domain.errors import Invalid, Unavailable

LOOPBACK = "127.0.0.1"
_TRIES = 3
_SECONDS = 20.0
"""How long it may take to begin. It takes about 100 ms."""
_AGAIN = 0.05


@contextlib.asynccontextmanager
async def started(program: str, policies: Path) -> AsyncIterator[str]:
    """The address of an OPA that serves the policies under that folder, tests left out.

    Raises Invalid for a folder without policies, a policy that is faulty and a program that does not run, Unavailable.
    """
    files = policy_files(policies)
    with TemporaryDirectory(prefix="autonomic-opa-") as folder:
        revision, said = _revision(Path(folder), files), Path(folder) / "said"
        for last in (*(False,) * (_TRIES - 1), True):
            port = _free_port()
            process = await _process(program, port, (*files, revision), said)
            try:
                if await _ready(process, port, said, last=last):
                    yield f"http://{LOOPBACK}:{port}"
                    return
            finally:
                await _end(process)


def policy_files(folder: Path) -> list[Path]:
    """The Rego files of a folder, or one file, without their tests. Raises Invalid where there is none."""
    found = sorted(folder.absolute().rglob("*.rego")) if folder.is_dir() else [folder.absolute()]
    files = [each for each in found if each.is_file() and not each.name.endswith("_test.rego")]
    if not files:
        raise Invalid(f"{folder}: no .rego file is there: give the folder of the policies, as shipped in `policies`")
    return files


def _revision(folder: Path, files: Sequence[Path]) -> Path:
    """A data file with the revision of the policies: the start of their digest."""
    digest = hashlib.sha256(b"".join(each.read_bytes() for each in files)).hexdigest()
    file = folder / "revision.json"
    file.write_text(json.dumps({"autonomic": {"policy": {"revision": f"files-{digest[:12]}"}}}))
    return file


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


async def _process(program: str, port: int, files: Sequence[Path], said: Path) -> asyncio.subprocess.Process:
    """The program; what it says goes into a file, since nobody reads along."""
    flags = ("--addr", f"{LOOPBACK}:{port}", "--log-level=error", "--skip-version-check")
    arguments = ("run", "--server", *flags, *(str(each) for each in files))
    try:
        with said.open("wb") as log:
            return await asyncio.create_subprocess_exec(
                program, *arguments, stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log
            )
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


async def _end(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        async with asyncio.timeout(5):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
