"""Whatever stands in a document, it is adopted or refused in words, and never ends in a crash."""

import shutil
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from lakehouse.odcs.lake.load import load_lake
from tests.unit.lakehouse.project import Project
from tests.unit.tools.lake.importing.documents import AVRO, DBT, FOREIGN, JSON_SCHEMA
from tools.lake.main import app

DOCUMENTS = {
    "odcs": yaml.safe_load(FOREIGN), "json_schema": JSON_SCHEMA, "avro": AVRO, "dbt": yaml.safe_load(DBT),
}  # fmt: skip
ODD: st.SearchStrategy[Any] = st.sampled_from(
    [None, 0, -1, "", "x", "Ünïcode", True, [], {}, [None], [1, "a"], {"a": None}, {"type": []}]
)


def _places(node: Any, place: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [here for key, value in inner for here in [(*place, key), *_places(value, (*place, key))]]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fuzz")
    (folder / "contracts").mkdir()
    return Project(folder).root


@pytest.mark.parametrize("kind", DOCUMENTS)
@settings(max_examples=12)
@given(data=st.data())
def test_document_with_odd_values_is_adopted_or_refused_in_words(
    root: Path, kind: str, data: st.DataObject
) -> None:
    document = deepcopy(DOCUMENTS[kind])
    for place in data.draw(st.lists(st.sampled_from(_places(document)), max_size=4)):
        node = document
        for step in place[:-1]:
            if not isinstance(node, dict | list) or (isinstance(node, dict) and step not in node):
                break
            if isinstance(node, list) and step >= len(node):
                break
            node = node[step]
        else:
            if isinstance(node, dict) or (isinstance(node, list) and place[-1] < len(node)):
                node[place[-1]] = data.draw(ODD)
    path = root / "document.yaml"
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    result = CliRunner().invoke(app, ["import", str(path), "--domain", "shop", "--root", str(root)])
    assert isinstance(result.exception, SystemExit | None), (document, result.exception)
    if result.exit_code == 0 and "open questions" not in result.stdout:
        assert load_lake(root).datasets
    assert result.exit_code in (0, 1)
    assert result.exit_code == 0 or "allowed" in result.stderr
    shutil.rmtree(root / "contracts/shop", ignore_errors=True)
