"""What doctor makes of what it sees."""

import pytest

from autonomic.cli.doctor.cluster import judge_clock, judge_version
from autonomic.cli.doctor.verdicts import Outcome


@pytest.mark.parametrize("version", ["v1.30.0", "v1.36.3", "v1.31.2-gke.1700000", "v2.0.0"])
def test_a_server_with_validating_admission_policies_is_new_enough(version: str) -> None:
    assert judge_version(version).outcome is Outcome.OK


@pytest.mark.parametrize("version", ["v1.29.9", "v1.9.0", "None", ""])
def test_a_server_that_is_older_or_does_not_say_fails(version: str) -> None:
    check = judge_version(version)
    assert (check.outcome, "1.30" in check.remedy) == (Outcome.FAIL, True)


@pytest.mark.parametrize(
    ("ahead", "waited"), [(0.0, 0.0), (-0.9, 0.0), (-2.9, 0.0), (1.9, 0.0), (6.0, 5.0), (-1.0, 5.0)]
)
def test_clocks_agree_as_far_as_a_time_cut_to_the_second_can_tell(ahead: float, waited: float) -> None:
    assert judge_clock(ahead, waited).outcome is Outcome.OK


@pytest.mark.parametrize(
    ("ahead", "waited", "said"),
    [(2.1, 0.0, "2.1 s behind"), (-3.1, 0.0, "2.1 s ahead of"), (60.0, 1.0, "59.0 s behind")],
)
def test_a_clock_that_is_off_is_told_which_way_and_how_far(ahead: float, waited: float, said: str) -> None:
    check = judge_clock(ahead, waited)
    assert check.outcome is Outcome.FAIL
    assert said in check.message
