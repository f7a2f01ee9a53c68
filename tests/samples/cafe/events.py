"""Clicks on the menu."""

from local.samples.cafe import expected_menu_clicks, menu_clicks
from tests.samples.events import Events

EVENTS = Events("cafe/menu_clicks", menu_clicks, expected_menu_clicks, "event_id")
