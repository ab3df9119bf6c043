"""One file per action. `BUILT_IN` lists them; a plug-in's action joins them by name."""

from collections.abc import Mapping

from autonomic.execution.action import ActionKind
from autonomic.execution.actions.restart import RestartAction
from autonomic.execution.actions.scale import ScaleAction

BUILT_IN: Mapping[str, ActionKind] = {kind.type: kind for kind in (ScaleAction(), RestartAction())}
