"""Running `opa check` on policies, in a folder that is gone afterwards. It reads nothing else, and never the network."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from autonomic.adapters.opa.launching import UNBOUND, Bounds, launched
from autonomic.adapters.opa.printed import most_of, tree_of
from autonomic.adapters.opa.started import ended
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

    def __init__(
        self,
        path: str,
        schema: Path | None,
        allowed: Callable[[Capabilities], Capabilities],
        bounds: Bounds = UNBOUND,
    ) -> None:
        self._path = path
        self._schema = schema
        self._allowed = allowed
        self._bounds = bounds
        self._capabilities: str | None = None

    async def check(self, modules: Mapping[str, str]) -> Mapping[str, Mapping[str, Any]]:
        """The syntax tree of each module, by its name. Raises Invalid with what is wrong, Unavailable."""
        async with self._compiled(modules) as home:
            trees = {}
            for module in modules:
                printed = await self._run(home, "parse", "--format=json", module)
                trees[module] = await asyncio.to_thread(tree_of, module, printed)
            return trees

    async def compiles(self, modules: Mapping[str, str]) -> None:
        """Raises Invalid with what is wrong with them, Unavailable."""
        async with self._compiled(modules):
            pass

    @asynccontextmanager
    async def _compiled(self, modules: Mapping[str, str]) -> AsyncIterator[Path]:
        """The folder where they are, once they were found to be good."""
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
            schema, able = str(self._schema.absolute()), str(folder / "capabilities.json")
            await self._run(home, "check", "--strict", "--schema", schema, "--capabilities", able, *modules)
            yield home

    async def _known(self) -> str:
        if self._capabilities is None:
            everything = json.loads(await self._run(Path("/"), "capabilities", "--current"))
            self._capabilities = json.dumps(self._allowed(everything))
        return self._capabilities

    async def _run(self, folder: Path, *arguments: str) -> bytes:
        """What it prints. Raises Invalid with its complaint when it ends with another code than 0, Unavailable."""
        process = await self._started(folder, arguments)
        try:
            async with asyncio.timeout(_SECONDS):
                printed, complaint = await asyncio.gather(most_of(process.stdout), most_of(process.stderr))
                await process.wait()
        except TimeoutError:
            raise Unavailable(f"{self._path} {arguments[0]} took longer than {_SECONDS:g} s") from None
        finally:
            await ended(process)
        if process.returncode is None or process.returncode < 0:
            raise Unavailable(f"{self._path} {arguments[0]} was ended from outside")
        if process.returncode:
            raise Invalid(_said(complaint or printed))
        return printed

    async def _started(self, folder: Path, arguments: tuple[str, ...]) -> asyncio.subprocess.Process:
        try:
            return await launched(self._path, arguments, folder, self._bounds, asyncio.subprocess.PIPE)
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise Unavailable(
                f"policies can't be checked: {self._path}, which AUTONOMIC_OPA_PROGRAM names, does not run: {why}"
            ) from error


def _said(text: bytes) -> str:
    """On one line, as far as a person reads."""
    lines = (line.strip() for line in text.decode(errors="replace").splitlines())
    return "; ".join(line for line in lines if line)[:_SAID_CHARACTERS]
