"""A right more is told as one, whichever resource of the templates gives it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.environments import TRIAL, Environment
from tools.access.changes import changes
from tools.access.matrix import Matrix
from tools.assembly.assembly import Assembly

Resources = dict[str, dict[str, Any]]
Plant = Callable[[Resources], None]


@pytest.fixture
def trial(tmp_path: Path, assemble: Callable[..., Path]) -> Path:
    """A copy of the templates of an environment."""
    return Path(shutil.copytree(assemble(TRIAL), tmp_path, dirs_exist_ok=True))


def _of(resources: Resources, kind: str) -> list[dict[str, Any]]:
    return [each["Properties"] for each in resources.values() if each["Type"] == kind]


def let_analysts_read_silver(resources: Resources) -> None:
    for grant in _of(resources, "AWS::LakeFormation::PrincipalPermissions"):
        for tag in grant["Resource"].get("LFTagPolicy", {}).get("Expression", []):
            if tag["TagKey"].endswith("-layer") and tag["TagValues"] == ["gold"]:
                tag["TagValues"].append("silver")


def give_the_files(resources: Resources) -> None:
    statement = {"Effect": "Allow", "Action": ["s3:GetObject", "kms:Decrypt"], "Resource": "*"}
    for policy in _of(resources, "AWS::IAM::Policy"):
        if any("Analyst" in str(role) for role in policy["Roles"]):
            policy["PolicyDocument"]["Statement"].append(statement)


def drop_the_rows_of_a_filter(resources: Resources) -> None:
    for cells in _of(resources, "AWS::LakeFormation::DataCellsFilter"):
        if cells["Name"].startswith("analyst"):
            cells["RowFilter"] = {"AllRowsWildcard": {}}


@pytest.mark.parametrize(
    ("stack", "plant", "told"),
    [
        ("Governance", let_analysts_read_silver, "sees the columns of"),
        ("Governance", let_analysts_read_silver, "reads "),
        ("Governance", give_the_files, "can read the files of"),
        ("DomainShop", drop_the_rows_of_a_filter, "reads amount, order_id, status of"),
    ],
)
def test_right_more_is_told(
    trial: Path, matrix_of: Callable[[Environment], Matrix], stack: str, plant: Plant, told: str
) -> None:
    file = trial / f"{stack}.template.json"
    template = json.loads(file.read_text())
    plant(template["Resources"])
    file.write_text(json.dumps(template))
    before, after = matrix_of(TRIAL).rows(), Matrix(Assembly.of_folder(trial)).rows()
    found = [str(each) for each in changes(before, after) if each.widens]
    analyst = TRIAL.naming.resource("analyst")
    assert [text for text in found if text.startswith(f"+ {analyst} {told}")], found
    assert [text for text in found if not text.startswith(f"+ {analyst} ")] == []


def test_nothing_is_told_of_the_same_templates(matrix_of: Callable[[Environment], Matrix]) -> None:
    rows = list(matrix_of(TRIAL).rows())
    assert changes(rows, rows) == []


def test_right_less_is_told_as_one(matrix_of: Callable[[Environment], Matrix]) -> None:
    rows = list(matrix_of(TRIAL).rows())
    gone = next(row for row in rows if row.cells and row.describes)
    found = changes(rows, [row for row in rows if row is not gone])
    assert found
    assert {each.widens for each in found} == {False}
