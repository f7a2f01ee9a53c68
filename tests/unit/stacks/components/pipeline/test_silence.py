import pytest

from stacks.components.pipeline.silence import silent_hours


@pytest.mark.parametrize(
    ("schedule", "hours"),
    [
        ("rate(15 minutes)", 6),
        ("rate(1 hour)", 6),
        ("rate(5 hours)", 15),
        ("rate(1 day)", 72),
        ("rate(4 days)", 168),
        ("cron(0 3 ? * MON *)", 168),
    ],
)
def test_three_missed_starts_are_too_many_within_the_week_that_cloudwatch_sees(
    schedule: str, hours: int
) -> None:
    assert silent_hours(schedule) == hours
