import pytest
from landing_router.retries import pause_seconds


@pytest.mark.parametrize(("deliveries", "seconds"), [(1, 10), (2, 30), (3, 90), (4, 270), (5, 270)])
def test_message_comes_again_soon_at_first_and_less_soon_later(deliveries: int, seconds: int) -> None:
    assert pause_seconds(deliveries) == seconds
