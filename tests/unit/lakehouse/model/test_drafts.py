"""Drafts are deployed where an environment says so, and nothing that stays needs one."""

from pathlib import Path

import pytest

from config.faults import InvalidInputError
from config.settings import Settings
from lakehouse.model.dataset import Lake
from lakehouse.model.drafts import deployed
from tests.fixtures.environments import TRIAL
from tests.unit.lakehouse.project import Project, product, source


def with_drafts(drafts: bool) -> Settings:
    return TRIAL.settings.model_copy(update={"drafts": drafts})


def ids(lake: Lake) -> list[str]:
    return [dataset.id for dataset in lake.datasets]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Two drafts, one of which reads the other, and a dataset that is none."""
    project = Project(tmp_path)
    project.write(source("shop/orders"))
    project.write({**source("shop/returns"), "status": "draft"}, "shop/returns")
    project.write({**product("shop/totals"), "status": "draft"}, "shop/totals")
    project.text("shop/totals.sql", "SELECT order_id FROM silver_shop.returns")
    return project


def test_drafts_are_deployed_where_the_environment_says_so_alone(project: Project) -> None:
    lake = project.load()
    assert deployed(lake, with_drafts(True)) == lake
    assert ids(deployed(lake, with_drafts(False))) == ["shop/orders"]


def test_product_that_reads_a_draft_is_one_itself_where_there_are_none(project: Project) -> None:
    project.write({**product("shop/totals"), "status": "active"}, "shop/totals")
    lake = project.load()
    assert deployed(lake, with_drafts(True)) == lake
    with pytest.raises(InvalidInputError) as caught:
        deployed(lake, with_drafts(False))
    assert str(caught.value) == (
        "contracts/shop/totals.odcs.yaml: status: got 'active'; allowed: draft, or SQL without shop/returns: "
        "trial deploys no drafts; fix: set `status: draft` here, or `status: active` there"
    )
