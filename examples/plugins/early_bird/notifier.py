"""notebook: messages are lines of a file, each once."""

import os
from pathlib import Path
from typing import ClassVar

from autonomic.sdk.plugins import Outcall


class Notebook:
    """The file is what `EARLY_BIRD_NOTEBOOK` says."""

    name: ClassVar[str] = "notebook"

    def notify(self, outcall: Outcall) -> None:
        """One line; a message that is sent again has the same key, and is not written again."""
        file = Path(os.environ["EARLY_BIRD_NOTEBOOK"])
        told = file.read_text().splitlines() if file.exists() else []
        line = f"{outcall.key} {outcall.plan} {outcall.message}"
        if line not in told:
            file.write_text("\n".join([*told, line, ""]))
