"""One file per action. `built_in` lists them; what a plug-in chooses is one of them."""

from collections.abc import Mapping

from autonomic.execution.action import ActionKind
from autonomic.execution.actions.adopt_route_policy import AdoptRoutePolicyAction
from autonomic.execution.actions.call_orchestrator import CallOrchestratorAction
from autonomic.execution.actions.degraded_mode import DegradedModeAction
from autonomic.execution.actions.notify import NotifyAction
from autonomic.execution.actions.quarantine import QuarantineAction
from autonomic.execution.actions.reroute import RerouteAction
from autonomic.execution.actions.resize import ResizeAction
from autonomic.execution.actions.restart import RestartAction
from autonomic.execution.actions.retry import RetryAction
from autonomic.execution.actions.rollback import RollbackAction
from autonomic.execution.actions.scale import ScaleAction
from autonomic.execution.actions.set_config import SetConfigAction
from autonomic.execution.actions.set_env import SetEnvAction
from autonomic.execution.actions.shed_load import ShedLoadAction
from autonomic.execution.actions.shift_traffic import ShiftTrafficAction
from autonomic.execution.actions.switch_model import SwitchModelAction
from autonomic.execution.actions.throttle_queue import ThrottleQueueAction


def built_in(
    channels: frozenset[str] = frozenset(), endpoints: frozenset[str] = frozenset()
) -> Mapping[str, ActionKind]:
    """The actions by their type; with the channels and endpoints that there are."""
    kinds: tuple[ActionKind, ...] = (
        ScaleAction(),
        RestartAction(),
        RollbackAction(),
        ResizeAction(),
        SetEnvAction(),
        SetConfigAction(),
        DegradedModeAction(),
        SwitchModelAction(),
        ShedLoadAction(),
        ThrottleQueueAction(),
        ShiftTrafficAction(),
        RerouteAction(),
        RetryAction(),
        QuarantineAction(),
        NotifyAction(channels),
        CallOrchestratorAction(endpoints),
        AdoptRoutePolicyAction(),
    )
    return {kind.type: kind for kind in kinds}


BUILT_IN = built_in()
"""The actions where nobody outside may be called."""
