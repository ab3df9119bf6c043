"""All entries, by family; a new type is one entry in the file of its family."""

from autonomic.domain.signals.infrastructure import INFRASTRUCTURE
from autonomic.domain.signals.models import MODELS
from autonomic.domain.signals.pipelines import PIPELINES
from autonomic.domain.signals.policies import POLICIES
from autonomic.domain.signals.shapes import Signal
from autonomic.domain.signals.tasks import TASKS

SIGNALS: tuple[Signal, ...] = (*TASKS, *MODELS, *PIPELINES, *INFRASTRUCTURE, *POLICIES)

PUSHED = ("CiFlakyTests", "HumanRating", "HumanThumbs", "LlmJsonFailure", "RedLineAttempt", "SafetyFlag")
"""Types that come as pushed events alone: no system is known to export a metric of them."""
