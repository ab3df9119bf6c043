"""The whole table, in the order in which it is tried."""

from collections.abc import Iterator

from testbed.installation import Installation
from tests.attacks.attack import Attack, Row, attempted
from tests.attacks.ground import ground, mighty
from tests.attacks.on_plans import ON_PLANS
from tests.attacks.on_reviews import ON_REVIEWS
from tests.attacks.on_routes import ON_ROUTES
from tests.attacks.on_rules import ON_RULES, WITH_OWN_RIGHTS
from tests.attacks.on_targets import ON_TARGETS

WITH_EVERY_RIGHT: list[Attack] = [*ON_PLANS, *ON_REVIEWS, *ON_RULES, *ON_ROUTES, *ON_TARGETS]
EVERY: list[Attack] = [*WITH_OWN_RIGHTS, *WITH_EVERY_RIGHT]


def rows(installed: Installation) -> Iterator[Row]:
    """What came of each, as it comes."""
    with ground(installed) as made:
        for attack in WITH_OWN_RIGHTS:
            yield attempted(attack, made)
        with mighty(made):
            for attack in WITH_EVERY_RIGHT:
                yield attempted(attack, made)
