"""What an image is built from: what the Dockerfile names, or, where no registry can be reached, what is made in its place.

The base is made of Debian's packages, the image of OPA of the testbed's own program.
"""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

from testbed.build import ensure_built
from testbed.cache import program_path
from testbed.image_engine import CannotBuildHereError, Engine, StepFailedError, Steps, can_install, install
from testbed.process import Command
from testbed.programs.catalogue import OPA

REPOSITORY = Path(__file__).parent.parent
DEBIAN = "bookworm"
PACKAGES = ("python3", "python3-venv", "ca-certificates")
# Change the number whenever what goes into it changes.
MADE_BASE = f"localhost/autonomic-testbed-base:{DEBIAN}-1"
MADE_OPA = f"localhost/autonomic-testbed-opa:{OPA.version}"

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


def default_image(argument: str) -> str:
    """The image that the Dockerfile names by that argument."""
    found = re.search(rf"^ARG {argument}=(\S+)$", (REPOSITORY / "Dockerfile").read_text(), re.MULTILINE)
    if found is None:
        raise CannotBuildHereError(f"the Dockerfile has no line `ARG {argument}=...`, which names an image")
    return found[1]


def find_base(engine: Engine, steps: Steps) -> str:
    """The name of a base that this engine has or can pull; with buildah, one is made where it can't be pulled.

    Raises `CannotBuildHereError` or `StepFailedError`.
    """
    return _find(engine, steps, default_image("BASE_IMAGE"), MADE_BASE, _make)


def find_opa(engine: Engine, steps: Steps) -> str:
    """The name of an image with the program `/opa`, as `find_base` finds one. Raises as that does."""
    return _find(engine, steps, default_image("OPA_IMAGE"), MADE_OPA, _make_opa)


def _find(engine: Engine, steps: Steps, wanted: str, made: str, make: Callable[[Engine, Steps], None]) -> str:
    if engine.name != "buildah" or engine.has(wanted):
        return wanted
    if engine.has(made):
        return made
    try:
        steps(f"pulling {wanted}", engine.command("pull", "pull", wanted), PULL_SECONDS)
    except StepFailedError as problem:
        steps.tell(f"image: it can't be had: {str(problem).splitlines()[-1]}")
        make(engine, steps)
        return made
    return wanted


def _make_opa(engine: Engine, steps: Steps) -> None:
    ensure_built((OPA,), steps.tell)
    folder = steps.run.data / "opa-image"
    folder.mkdir()
    shutil.copy(program_path(OPA), folder / "opa")
    (folder / "Dockerfile").write_text("FROM scratch\nCOPY opa /opa\n")
    build = engine.command("build-opa", "build", f"--tag={MADE_OPA}", str(folder))
    steps(f"committing {MADE_OPA}", build, MAKE_SECONDS)
    shutil.rmtree(folder)


def _make(engine: Engine, steps: Steps) -> None:
    if not can_install():
        raise CannotBuildHereError(
            f"{default_image('BASE_IMAGE')} can't be pulled, and a base can't be made of Debian's packages: that takes root "
            "and apt-get. Pull or load that image, or make its registry reachable."
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
