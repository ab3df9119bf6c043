"""Packages with plug-ins, as an installer leaves them: a module, and the metadata that names its entry points."""

from pathlib import Path

BRITTLE = '''
import threading


class Loop:
    """A loop that is well shaped."""

    def __init__(self, kind):
        self.type = kind

    def monitor(self, view):
        return ()

    def analyze(self, loop, view, answers):
        raise RuntimeError("nothing is as it was")

    def pace(self, view):
        return None


class Sleepy(Loop):
    def __init__(self):
        super().__init__("Sleepy")

    def analyze(self, loop, view, answers):
        threading.Event().wait()


class Async(Loop):
    def __init__(self):
        super().__init__("Async")

    async def monitor(self, view):
        return ()


class Leaving:
    def __init__(self):
        raise SystemExit("bye")


raising = Loop("Raising")
misnamed = Loop("Other")
healing = Loop("Healing")
shapeless = object()
'''


def install(folder: Path, package: str, text: str, **groups: dict[str, str]) -> None:
    """The package of one module; `groups` are entry points by the last word of their group."""
    (folder / f"{package}.py").write_text(text)
    info = folder / f"{package}-0.1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 0.1\n")
    sections = (
        "\n".join([f"[autonomic.{group}]", *(f"{name} = {value}" for name, value in points.items()), ""])
        for group, points in groups.items()
    )
    (info / "entry_points.txt").write_text("\n".join(sections))
