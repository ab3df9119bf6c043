"""drops: CloudEvents that somebody laid down as files."""

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar

MOST = 100


class Drops:
    """Files `*.json` of the folder that `EARLY_BIRD_DROPS` names, one event each; whoever laid one down takes it away again.

    What was read before is read again, and known again by its source and id.
    """

    name: ClassVar[str] = "drops"
    every: ClassVar[float] = 2.0

    def read(self) -> Iterable[Mapping[str, Any]]:
        """The events of the newest files."""
        folder = Path(os.environ["EARLY_BIRD_DROPS"])
        newest = sorted(folder.glob("*.json"), key=lambda file: file.stat().st_mtime, reverse=True)[:MOST]
        return [json.loads(file.read_text()) for file in newest]
