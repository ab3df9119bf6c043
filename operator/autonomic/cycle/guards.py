"""What keeps a loop from beginning anything new, whatever it is: suspended, paused by failures, a storm. Pure."""

from autonomic.domain.decisions import NoRuling
from autonomic.domain.meta import ObjectRef
from autonomic.domain.view import View
from autonomic.loops.failures import paused
from autonomic.loops.reverts import contested
from autonomic.loops.storm import storming


def standing_back(loop_name: str, view: View, *, wakes: bool = False) -> NoRuling | None:
    """Why the loop begins no plan now; what runs finishes. None when it may.

    From ending a rest (`wakes`) only a person keeps it, by suspending the loop.
    """
    loop = view.loops.get(loop_name)
    if loop is None:
        return None
    pause = paused(loop, view)
    if wakes:
        return NoRuling(*pause) if pause and loop.spec.suspend else None
    if pause:
        return NoRuling(*pause)
    storm = storming(loop, view)
    return NoRuling("Storm", storm) if storm else None


def unproposable(loop_name: str, targets: tuple[ObjectRef, ...], view: View, *, wakes: bool = False) -> str | None:
    """Why the loop makes no plan for these targets; None when it may."""
    back = standing_back(loop_name, view, wakes=wakes)
    if back or wakes:
        return back.message if back else None
    return next((why for ref in targets if (why := contested(ref, view))), None)
