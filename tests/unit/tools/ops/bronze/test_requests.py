from dataclasses import replace

import pytest

from lakehouse.model.dataset import Write
from tests.unit.lakehouse.datasets import ORDERS
from tools.ops.bronze.requests import OVERWRITES, why_not


@pytest.mark.parametrize(
    ("write", "why"), [(Write.MERGE, ""), (Write.APPEND, ""), (Write.OVERWRITE, OVERWRITES)]
)
def test_objects_are_not_processed_again_when_each_run_replaces_the_content(write: Write, why: str) -> None:
    assert why_not(replace(ORDERS, write=write)) == why
