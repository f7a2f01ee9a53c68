"""Settings of the APIs, which anybody may call: what bounds their use and their cost."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from config.section import Section

ADDRESS_WINDOW_SECONDS = 300
"""Seconds for which AWS WAF counts the requests of an address, unless told otherwise.

https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based-high-level-settings.html
"""


class ClickApiSettings(Section):
    """APIs that take records over HTTP, one for each dataset whose source is `click_api`."""

    requests_per_second: Annotated[int, Field(ge=1, le=10_000)]
    """Requests that each API takes per second; beyond it answers 429, and the sender tries again. All APIs of
    an account share 10,000 in a region."""
    burst: Annotated[int, Field(ge=1, le=5_000)]
    """Requests that each API takes at once above that rate."""
    requests_per_address: Annotated[int, Field(ge=10, le=2_000_000_000)] | None
    """Requests that all APIs together take from one address within five minutes, as nearly as AWS WAF counts;
    beyond it answers 429. Guests behind one router share an address. The web ACL costs about 6 USD a month,
    and 0.60 USD for each million requests, blocked ones too; null: nobody counts."""
    record_kibibytes: Annotated[int, Field(ge=1, le=999)]
    """KiB of the largest record, to within two bytes; a larger one is answered 413. Firehose takes 1,000."""
    alarm_requests_per_hour: Annotated[int, Field(ge=1)]
    """Requests to one API within an hour beyond which an alarm tells. API Gateway alone charges some 3.50 USD
    for a million."""
    logging_role: bool
    """Whether this environment sets the role by which API Gateway writes logs: there is one for each account
    and region, so one environment alone may set it. Without any, no API with logs can be deployed."""

    @model_validator(mode="after")
    def _shared_by_addresses(self) -> Self:
        all_requests = self.requests_per_second * ADDRESS_WINDOW_SECONDS
        if self.requests_per_address is not None and self.requests_per_address >= all_requests:
            raise ValueError(
                f"requests_per_address less than {all_requests:,}, all that requests_per_second lets through "
                "in five minutes: one address could use up what is for all"
            )
        return self
