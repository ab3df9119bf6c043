"""What plug-ins are written with: the shapes that they answer to, and what they are given and return."""

from autonomic.domain.actions import PermittedAction
from autonomic.domain.alerting import AlertWindow
from autonomic.domain.budgets import Assessment
from autonomic.domain.contracts import SLAContract
from autonomic.domain.controlloops import ControlLoopResource
from autonomic.domain.findings import Analysis, Finding
from autonomic.domain.naming import plan_name
from autonomic.domain.objectives import Objective
from autonomic.domain.plans import AlertTrigger, AskedQuery, Evidence, Trigger
from autonomic.domain.readings import Absent, Answers, Known, Question, Reading, Unknown
from autonomic.domain.targets import Target
from autonomic.domain.verifications import PlanVerification, SLOVerification
from autonomic.domain.view import View
from autonomic.domain.words import Level, Mode
from autonomic.loops.protocol import ControlLoop
from autonomic.ports.outlets import Outcall
from autonomic.ports.plugins import Notifier, PluginAction, SignalSource

__all__ = [
    "Absent",
    "AlertTrigger",
    "AlertWindow",
    "Analysis",
    "Answers",
    "AskedQuery",
    "Assessment",
    "ControlLoop",
    "ControlLoopResource",
    "Evidence",
    "Finding",
    "Known",
    "Level",
    "Mode",
    "Notifier",
    "Objective",
    "Outcall",
    "PermittedAction",
    "PlanVerification",
    "PluginAction",
    "Question",
    "Reading",
    "SLAContract",
    "SLOVerification",
    "SignalSource",
    "Target",
    "Trigger",
    "Unknown",
    "View",
    "plan_name",
]
