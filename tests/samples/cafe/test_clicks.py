"""Clicks come twice at times."""

from local.samples.cafe import expected_menu_clicks, menu_clicks


def test_menu_clicks_repeat_some_events_when_made_in_the_usual_number() -> None:
    samples = menu_clicks()
    expected = expected_menu_clicks(samples)
    assert (expected.records_in, expected.superseded) == (3000, 90)
    assert sum(expected.rejected.values()) / len(samples) < 0.1
    assert any(row["menu_item"] is None for row in expected.rows.values())
