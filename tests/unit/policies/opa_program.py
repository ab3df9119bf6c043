"""Running OPA over a folder of policies."""

import os
import subprocess
from pathlib import Path

from testbed.build import ensure_built
from testbed.cache import program_path
from testbed.programs.catalogue import OPA

# A run is over before collecting garbage pays, and there may be many.
_SHORT = {"GOGC": "off", "GOMAXPROCS": "1"}

POLICIES = Path(__file__).parents[3] / "policies"


def run_opa(folder: Path, *arguments: str, question: str | None = None) -> subprocess.CompletedProcess[str]:
    """OPA in that folder; `question` is what it reads from its standard input."""
    ensure_built((OPA,))
    command: list[str | Path] = [program_path(OPA), *arguments]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=60, input=question, env={**os.environ, **_SHORT}
    )
