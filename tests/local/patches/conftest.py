import re
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from pyiceberg.catalog.glue import GlueCatalog

from local.emulator.launcher import EmbeddedAws
from tests.local.patches.deliveries import Delivery
from tests.local.writable_catalog import WritableCatalog

_number = count(1)


@pytest.fixture
def delivery(
    embedded_aws: EmbeddedAws, make_role: Callable[..., str], request: pytest.FixtureRequest
) -> Callable[..., Delivery]:
    """Makes a delivery stream whose role allows (actions, resources), with a destination's settings."""

    def make(*allowed: tuple[list[str], list[str]], **destination: Any) -> Delivery:
        name = re.sub("[^a-z]", "-", request.node.name[14:50]).strip("-") + f"-{next(_number)}"
        role = make_role(name, "firehose.amazonaws.com", *allowed)
        return Delivery(embedded_aws, name, role, **destination)

    return make


@pytest.fixture(scope="session")
def iceberg_catalog(embedded_aws: EmbeddedAws) -> GlueCatalog:
    """PyIceberg's catalog on the embedded AWS, able to write."""
    return WritableCatalog(embedded_aws)
