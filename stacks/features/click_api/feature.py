"""The feature `click_api`."""

from stacks.features.click_api.settings import ClickApiSettings
from stacks.features.click_api.source import SOURCE
from stacks.features.feature import Feature

FEATURE = Feature(
    title="HTTP APIs that check records against their contract and put them on a stream",
    section=ClickApiSettings,
    idle_cost="6 USD for the web ACL, if `requests_per_address` is set; else nothing",
    laptop="requests, validation, answers and the page; of AWS WAF nothing",
    source=SOURCE,
    once=("logging_role",),
    patches=("apigateway",),
)
