"""The base image: the Dockerfile's own, or, where no registry can be reached, one made of Debian's packages."""

import re
import shutil
from pathlib import Path

from testbed.image_engine import CannotBuildHereError, Engine, StepFailedError, Steps, can_install, install
from testbed.process import Command

REPOSITORY = Path(__file__).parent.parent
DEBIAN = "bookworm"
PACKAGES = ("python3", "python3-venv", "ca-certificates")
# Change the number whenever what goes into it changes.
MADE_BASE = f"localhost/autonomic-testbed-base:{DEBIAN}-1"

PULL_SECONDS = 180.0
MAKE_SECONDS = 900.0
# Of this machine, of the moment, or of the package manager: nothing of it belongs in an image.
_LEFT_OUT = (
    "./dev/*",
    "./proc/*",
    "./sys/*",
    "./run/*",
    "./tmp/*",
    "./etc/hostname",
    "./etc/resolv.conf",
    "./var/cache/apt/*",
    "./var/lib/apt/lists/*",
    "./var/log/*",
)
_DOCKERFILE = 'FROM scratch\nADD root.tar /\nCMD ["python3"]\n'


def default_base() -> str:
    """The base that the Dockerfile names."""
    found = re.search(r"^ARG BASE_IMAGE=(\S+)$", (REPOSITORY / "Dockerfile").read_text(), re.MULTILINE)
    if found is None:
        raise CannotBuildHereError("the Dockerfile has no line `ARG BASE_IMAGE=...`, which names its base")
    return found[1]


def find_base(engine: Engine, steps: Steps) -> str:
    """The name of a base that this engine has or can pull; with buildah, one is made where it can't be pulled.

    Raises `CannotBuildHereError` or `StepFailedError`.
    """
    wanted = default_base()
    if engine.name != "buildah" or engine.has(wanted):
        return wanted
    if engine.has(MADE_BASE):
        return MADE_BASE
    try:
        steps(f"pulling {wanted}", engine.command("pull", "pull", wanted), PULL_SECONDS)
    except StepFailedError as problem:
        steps.tell(f"image: it can't be had: {str(problem).splitlines()[-1]}")
        _make(engine, steps)
        return MADE_BASE
    return wanted


def _make(engine: Engine, steps: Steps) -> None:
    if not can_install():
        raise CannotBuildHereError(
            f"{default_base()} can't be pulled, and a base can't be made of Debian's packages: that takes root and "
            "apt-get. Pull or load that image, or make its registry reachable."
        )
    if shutil.which("debootstrap") is None:
        install(steps, "debootstrap", "debian-archive-keyring")
    folder = steps.run.data / "base"
    folder.mkdir()
    root, archive = folder / "root", folder / "root.tar"
    # In a mount namespace of its own: what it mounts into `root` is gone with it, however it ends.
    contents = ["--variant=minbase", f"--include={','.join(PACKAGES)}", DEBIAN]
    make = Command("debootstrap", ["unshare", "--mount", "debootstrap", *contents, root])
    steps(f"making a base of Debian {DEBIAN}; about a minute", make, MAKE_SECONDS)
    left_out = [f"--exclude={name}" for name in _LEFT_OUT]
    pack = Command("tar", ["tar", "--create", f"--file={archive}", f"--directory={root}", *left_out, "."])
    steps("packing the base", pack, MAKE_SECONDS)
    (folder / "Dockerfile").write_text(_DOCKERFILE)
    (folder / ".dockerignore").write_text("root\n")
    build = engine.command("build-base", "build", f"--tag={MADE_BASE}", str(folder))
    steps(f"committing {MADE_BASE}", build, MAKE_SECONDS)
    shutil.rmtree(folder)
