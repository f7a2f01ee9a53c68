"""Events of orders."""

from local.samples.sales import expected_orders, orders
from tests.samples.events import Events

EVENTS = Events("sales/orders", orders, expected_orders, "order_id")
