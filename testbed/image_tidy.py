"""What builds leave in an engine's storage: replaced images, stages of old builds, containers of interrupted ones."""

import contextlib
import json

from testbed.image_base import MADE_BASE
from testbed.image_engine import Engine, StepFailedError

# In the history of every image of our builds, finished or not, and of nobody else's.
_MARK = "/opt/autonomic"


def remove_abandoned(engine: Engine) -> None:
    """Remove the containers in which an interrupted build was working. Call it while nobody builds."""
    # docker's daemon tidies up after its builds; podman does when it is asked to end.
    if engine.name != "buildah":
        return
    # buildah says `null` for none.
    for container in json.loads(engine.ask("containers", "--json")) or []:
        made_by_build = container["containername"].rpartition("-working-container")[1]
        if made_by_build and (container["imagename"] == MADE_BASE or _is_ours(engine, container["imageid"])):
            _try(engine, "rm", container["id"])


def remove_replaced(engine: Engine) -> None:
    """Remove nameless images of earlier builds; the newest stays, with what the next build can take from it."""
    nameless = engine.ask("images", "--quiet", "--filter=dangling=true").split()
    for image in [image for image in dict.fromkeys(nameless) if _is_ours(engine, image)][1:]:
        _try(engine, "rmi", image)


def _is_ours(engine: Engine, image: str) -> bool:
    with contextlib.suppress(StepFailedError):
        return _MARK in engine.history(image)
    return False


def _try(engine: Engine, *removal: str) -> None:
    # What is still in use stays.
    with contextlib.suppress(StepFailedError):
        engine.ask(*removal)
