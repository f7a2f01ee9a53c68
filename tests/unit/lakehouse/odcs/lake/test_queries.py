import pytest

from tests.unit.lakehouse.project import Json, Project, column, source


def measuring(query: str) -> Json:
    contract = source("shop/orders", column("note"))
    contract["schema"][0]["quality"] = [{"name": "notes", "type": "sql", "query": query, "mustBe": 0}]
    return contract


@pytest.mark.parametrize(
    "query",
    [
        "SELECT count(*) FROM ${object} WHERE note = ''",
        "SELECT count(DISTINCT o.note) FROM ${table} o WHERE o._record_hash IS NULL",
        "WITH few AS (SELECT note FROM ${object}) SELECT count(*) FROM few",
    ],
)
def test_query_is_accepted_when_it_measures_its_own_table(project: Project, query: str) -> None:
    project.write(measuring(query))
    assert project.load().datasets[0].rules[0].query == query


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ("SELECT count(* FROM ${object}", "quality rule notes: got 'Expecting )"),
        ("DELETE FROM ${object}", "got 'DELETE'; allowed: one SELECT of Spark SQL"),
        ("SELECT count(*) FROM silver_shop.orders", "got 'silver_shop.orders'; allowed: ${object}"),
        ("SELECT count(nte) FROM ${object}", "got 'nte'; allowed: _record_hash, _source_object, note"),
        ("SELECT count(*), 1 FROM ${object}", "allowed: one number"),
        ("SELECT * FROM ${object}", "got '*'; allowed: one number"),
    ],
)
def test_query_is_refused_when_no_job_could_run_it(project: Project, query: str, fault: str) -> None:
    assert any(fault in line for line in project.faults_of(measuring(query)))
