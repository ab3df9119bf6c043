"""Running `opa check` on policies, in a folder that is gone afterwards. It reads nothing else, and never the network."""

import asyncio
import contextlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from autonomic.domain.errors import Invalid, Unavailable

Capabilities = Mapping[str, Any]
"""What a policy may use, as `opa capabilities` tells it."""

_SECONDS = 20.0
"""The longest that one run may take. A check takes about 30 ms."""
_SAID_CHARACTERS = 2000


class OpaProgram:
    """A `PolicyChecker` by the program at `path` (a name is looked for in PATH) and the schema of the input.

    `allowed` takes all that this version of OPA can do and returns what a policy may use of it.
    """

    def __init__(self, path: str, schema: Path | None, allowed: Callable[[Capabilities], Capabilities]) -> None:
        self._path = path
        self._schema = schema
        self._allowed = allowed
        self._capabilities: str | None = None

    async def check(self, modules: Mapping[str, str]) -> Mapping[str, Mapping[str, Any]]:
        """The syntax tree of each module, by its name. Raises Invalid with what is wrong, Unavailable."""
        if self._schema is None or not self._schema.is_file():
            raise Unavailable(f"policies can't be checked: AUTONOMIC_POLICY_SCHEMA is {self._schema}, which is no file")
        capabilities = await self._known()
        with TemporaryDirectory(prefix="autonomic-policies-") as name:
            folder = Path(name)
            (folder / "capabilities.json").write_text(capabilities)
            home = folder / "policies"
            for module, text in modules.items():
                file = home / module
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text)
            strictly = ("--strict", "--schema", str(self._schema), "--capabilities", str(folder / "capabilities.json"))
            await self._run(home, "check", *strictly, *modules)
            return {module: json.loads(await self._run(home, "parse", "--format=json", module)) for module in modules}

    async def _known(self) -> str:
        if self._capabilities is None:
            everything = json.loads(await self._run(Path("/"), "capabilities", "--current"))
            self._capabilities = json.dumps(self._allowed(everything))
        return self._capabilities

    async def _run(self, folder: Path, *arguments: str) -> str:
        """What it prints. Raises Invalid with its complaint when it ends with another code than 0, Unavailable."""
        process = await self._started(folder, arguments)
        try:
            async with asyncio.timeout(_SECONDS):
                printed, complaint = await process.communicate()
        except TimeoutError:
            raise Unavailable(f"{self._path} {arguments[0]} took longer than {_SECONDS:g} s") from None
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        if process.returncode is None or process.returncode < 0:
            raise Unavailable(f"{self._path} {arguments[0]} was ended from outside")
        if process.returncode:
            raise Invalid(_said(complaint or printed))
        return printed.decode()

    async def _started(self, folder: Path, arguments: tuple[str, ...]) -> asyncio.subprocess.Process:
        pipe = asyncio.subprocess.PIPE
        try:
            return await asyncio.create_subprocess_exec(
                self._path, *arguments, cwd=folder, stdin=asyncio.subprocess.DEVNULL, stdout=pipe, stderr=pipe
            )
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise Unavailable(
                f"policies can't be checked: {self._path}, which AUTONOMIC_OPA_PROGRAM names, does not run: {why}"
            ) from error


def _said(text: bytes) -> str:
    """On one line, as far as a person reads."""
    lines = (line.strip() for line in text.decode(errors="replace").splitlines())
    return "; ".join(line for line in lines if line)[:_SAID_CHARACTERS]
