"""The maker of benches without Spark."""

from pathlib import Path
from typing import Any

import pytest

from tests.unit.glue_scripts.native.bench import Bench, MakeBench
from tests.unit.glue_scripts.native.datasets import document


@pytest.fixture
def make_native(tmp_path: Path) -> MakeBench:
    made: list[Bench] = []

    def make(
        fields: dict[str, Any],
        *,
        partition: dict[str, str] | None = None,
        run: dict[str, Any] | None = None,
        **options: Any,
    ) -> Bench:
        given = document(fields, folder=str(tmp_path), name=f"t{len(made)}", **options)
        made.append(Bench(tmp_path, given, partition or {}, run or {}))
        return made[-1]

    return make
