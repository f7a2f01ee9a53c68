"""What the model holds where a contract is silent, and which name no table may have."""

from lakehouse.model.dataset import Documentation
from tests.unit.lakehouse.project import Project, source


def test_documentation_is_empty_when_the_contract_has_none(project: Project) -> None:
    project.write(source())
    assert project.load().datasets[0].documentation == Documentation("", "", "", "", ())


def test_table_is_refused_when_its_name_is_that_of_the_quality_results(project: Project) -> None:
    project.write(source("shop/quality_results"), "shop/quality_results")
    assert project.fault().partition(": ")[2] == (
        "schema[0].name: got 'quality_results'; allowed: another name: it holds quality results; fix: "
        "rename it"
    )
