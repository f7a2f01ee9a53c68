"""Thirty cases of what a principal reads and is told, asked through Athena and Glue under real signatures.

`D` cases are documented by AWS, `I` cases were seen by others on AWS, `M` cases are our reading of the pages.
Table `t(id, region, amount, email, day)` lies in a registered location, Super is revoked, and the principal
may describe the database. Rows: (1, EU, 10, a), (2, US, 20, b), (3, NULL, 30, c).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.local.services.lakeformation.requests import (
    cells,
    of_columns,
    of_other_columns,
    of_table,
    of_tags,
    to,
)
from tests.local.services.lakeformation.tables import close, table
from tests.local.services.lakeformation.world import (
    ATHENA,
    CATALOG,
    DATA_ACCESS,
    OWN_DATA,
    PERSONA,
    RESULT,
    Statement,
    World,
    refusal,
)

NAMES = ["id", "region", "amount", "email", "day"]
FIRST = ["1", "EU", "10", "a", "2026-01-01"]
SECOND = ["2", "US", "20", "b", "2026-01-02"]
THIRD = ["3", None, "30", "c", "2026-01-03"]
EU = "region='EU'"

_LACKING = "Insufficient Lake Formation permission(s): Required {} on t"
D = _LACKING.format("Describe")
IN_ATHENA = "Insufficient permissions to execute the query. "
N = "COLUMN_NOT_FOUND: line 1:8: Relation contains no accessible columns"
HIDDEN = "cannot be resolved or requester is not authorized to access requested resources"


def _unresolved(line: int, at: int, name: str) -> str:
    """Error C."""
    return f"COLUMN_NOT_FOUND: line {line}:{at}: Column '{name}' {HIDDEN}"


Step = Callable[[World], Any]


@dataclass(frozen=True)
class Case:
    """What is granted, what is asked, and what comes of it."""

    number: int
    mark: str
    grants: Step
    request: Step
    expected: Any
    iam: tuple[Statement, ...] = PERSONA


def _asks(*queries: str) -> Step:
    return lambda world: [world.ask(sql) for sql in queries] if len(queries) > 1 else world.ask(queries[0])


def _rows_of(sql: str) -> Step:
    return lambda world: world.values(sql)


def _select(world: World) -> None:
    world.grant(of_table(world.database), "SELECT")


def _two_columns(world: World) -> None:
    world.grant(of_columns(world.database, "id", "region"), "SELECT")


def _other_columns(*names: str) -> Step:
    return lambda world: world.grant(of_other_columns(world.database, *names), "SELECT")


def _filters(*given: tuple[str, ...]) -> Step:
    def grants(world: World) -> None:
        for expression, *columns in given:
            world.filter(expression, *columns)

    return grants


def _all(*steps: Step) -> Step:
    return lambda world: [step(world) for step in steps][-1]


def _administrator(world: World) -> None:
    _appoint(world.aws.client("lakeformation"), world.role)


def _appoint(lakeformation: Any, role: str) -> None:
    settings = lakeformation.get_data_lake_settings()["DataLakeSettings"]
    admins = [*settings["DataLakeAdmins"], {"DataLakePrincipalIdentifier": role}]
    lakeformation.put_data_lake_settings(DataLakeSettings={**settings, "DataLakeAdmins": admins})


def _super(world: World) -> None:
    world.admin.grant_permissions(**to("IAM_ALLOWED_PRINCIPALS", of_table(world.database), "ALL"))


def _phone(world: World) -> None:
    changed = table("t", f"s3://lf-data/{world.database}/t/")
    changed["StorageDescriptor"]["Columns"].append({"Name": "phone", "Type": "string"})
    world.aws.client("glue").update_table(DatabaseName=world.database, TableInput=changed)


def _tag(world: World, key: str, values: list[str]) -> str:
    """A key of this case alone."""
    name = f"{key}-{world.database}"
    world.admin.create_lf_tag(TagKey=name, TagValues=values)
    return name


def _attach(world: World, resource: dict[str, Any], key: str, value: str) -> None:
    pairs = [{"TagKey": key, "TagValues": [value]}]
    assert not world.admin.add_lf_tags_to_resource(Resource=resource, LFTags=pairs).get("Failures")


def _by_matching_tag(world: World) -> None:
    key = _tag(world, "rows", ["all"])
    _attach(world, of_table(world.database), key, "all")
    world.grant(of_tags({key: ["all"]}), "SELECT")


def _public_id(permission: str) -> Step:
    def grants(world: World) -> None:
        key = _tag(world, "class", ["public", "pii"])
        _attach(world, of_table(world.database), key, "pii")
        _attach(world, of_columns(world.database, "id"), key, "public")
        world.grant(of_tags({key: ["public"]}), permission)

    return grants


def _domain(world: World) -> None:
    """The database is of the domain sales; its table `hr` is of another."""
    domain, kind = _tag(world, "domain", ["sales", "hr"]), _tag(world, "class", ["public", "pii"])
    glue = world.aws.client("glue")
    glue.create_table(
        DatabaseName=world.database, TableInput=table("hr", f"s3://lf-data/{world.database}/t/")
    )
    close(world.aws.client("lakeformation"), of_table(world.database, "hr"))
    database = {"Database": {"Name": world.database}}
    _attach(world, database, domain, "sales")
    _attach(world, database, kind, "public")
    _attach(world, of_columns(world.database, "email"), kind, "pii")
    _attach(world, of_table(world.database, "hr"), domain, "hr")
    world.grant(of_tags({domain: ["sales"], kind: ["public", "pii"]}), "SELECT")


def _refused_filters(*expressions: str) -> Step:
    def request(world: World) -> list[str]:
        texts = [
            refusal(world.admin.create_data_cells_filter, **cells(world.database, f"refused{at}", expression))
            for at, expression in enumerate(expressions)
        ]
        return [text.partition(":")[0] for text in texts]

    return request


def _view(world: World) -> None:
    """A view, and the right to read it and to make tables."""
    from tests.local.patches.athena.asking import Asker  # noqa: PLC0415

    root = Asker(world.aws.client("athena"), "lf-queries", world.database)
    root.rows("CREATE VIEW v AS SELECT id, region FROM t")
    close(world.aws.client("lakeformation"), of_table(world.database, "v"))
    world.grant(of_table(world.database, "v"), "SELECT")
    world.grant({"Database": {"Name": world.database}}, "CREATE_TABLE")


def _four_ways(world: World) -> list[Any]:
    copied = world.values("CREATE TABLE copy WITH (format = 'JSON') AS SELECT * FROM t")
    return [
        copied or world.values("SELECT id FROM copy"),
        world.values("SELECT n FROM (SELECT id AS n FROM t) WHERE n > 0"),
        world.values("SELECT id FROM v"),
        world.values('SELECT * FROM "t$files"').partition(":")[0],
    ]


def _glue(method: str, **more: str) -> Step:
    def request(world: World) -> Any:
        return refusal(getattr(world.clients("glue"), method), DatabaseName=world.database, **more)

    return request


def _listed(world: World) -> list[str]:
    found = world.clients("glue").get_tables(DatabaseName=world.database)["TableList"]
    return [each["Name"] for each in found]


def _nothing(world: World) -> None:
    """No grant."""


STAR = "SELECT * FROM t"
WHOLE = (NAMES, [FIRST, SECOND, THIRD])
NO_DATA_ACCESS = (ATHENA, CATALOG, RESULT)
NO_GET_TABLE = (ATHENA, (["glue:GetDatabase"], ["*"]), RESULT, DATA_ACCESS)
JOIN = "SELECT a.id FROM t a JOIN t b ON a.id = b.id AND b.email = 'a'"

CASES = (
    Case(1, "I", _nothing, _asks(STAR), IN_ATHENA + D),
    Case(2, "D", _nothing, _listed, []),
    Case(3, "D", _nothing, _glue("get_table", Name="t"), f"AccessDeniedException: {D}"),
    Case(4, "I", lambda world: world.grant(of_table(world.database), "DESCRIBE"), _asks(STAR), N),
    Case(5, "D", _select, _asks(STAR), WHOLE),
    Case(6, "D", _select, _asks(STAR), re.compile("not authorized to perform: lakeformation:GetDataAccess"),
         NO_DATA_ACCESS),
    Case(7, "D", _select, _asks(STAR), re.compile("not authorized to perform: glue:GetTable"), NO_GET_TABLE),
    Case(8, "I", _administrator, _asks(STAR), N),
    Case(9, "D", _super, _asks(STAR), WHOLE, (*PERSONA, OWN_DATA)),
    Case(10, "D", _two_columns, _asks(STAR), (["id", "region"], [FIRST[:2], SECOND[:2], THIRD[:2]])),
    Case(11, "I", _two_columns, _asks("SELECT id FROM t WHERE email='a'"), _unresolved(1, 24, "email")),
    Case(12, "I", _two_columns, _asks(JOIN), re.compile(rf"line 1:\d+: Column 'email' {HIDDEN}")),
    Case(13, "D", _two_columns, _rows_of("SELECT COUNT(*) FROM t"), [["3"]]),
    Case(14, "D", _two_columns, World.shown_columns, ["id", "region"]),
    Case(15, "M", _all(_other_columns("email"), _phone), lambda world: world.ask(STAR)[0],
         ["id", "region", "amount", "day", "phone"]),
    Case(16, "D", _all(lambda world: world.grant(of_columns(world.database, "id"), "SELECT"),
                       _other_columns("id")), _asks(STAR), WHOLE),
    Case(17, "D", _filters((EU,)), _rows_of("SELECT id FROM t"), [["1"]]),
    Case(18, "M", _filters(("region<>'EU'",)), _rows_of("SELECT id FROM t"), [["2"]]),
    Case(19, "D", _filters((EU,)), _rows_of("SELECT COUNT(*), SUM(amount) FROM t"), [["1", "10"]]),
    Case(20, "I", _filters((EU,), ("region='US'",)), _rows_of("SELECT id FROM t ORDER BY id"),
         [["1"], ["2"]]),
    Case(21, "M", _filters((EU,), ("", "id", "region")), _asks("SELECT * FROM t ORDER BY id"),
         (NAMES, [FIRST, ["2", "US", None, None, None], ["3", None, None, None, None]])),
    Case(22, "D", _all(_filters((EU,)), _select), _rows_of("SELECT id FROM t"), [["1"], ["2"], ["3"]]),
    Case(23, "D", _all(_filters((EU,)), _by_matching_tag), _rows_of("SELECT id FROM t"),
         [["1"], ["2"], ["3"]]),
    Case(24, "M", lambda world: world.filter(EU, ColumnWildcard={"ExcludedColumnNames": ["region"]}),
         _asks(STAR, "SELECT id FROM t WHERE region='EU'"),
         [(["id", "amount", "email", "day"], [[FIRST[0], *FIRST[2:]]]), _unresolved(1, 24, "region")]),
    Case(25, "D", _nothing, _refused_filters("lower(region)='eu'", "id=amount"),
         ["InvalidInputException"] * 2),
    Case(26, "D", _nothing, _refused_filters("day='2026-01-01'"), ["InvalidInputException"]),
    Case(27, "M", _public_id("SELECT"), _asks(STAR), (["id"], [["1"], ["2"], ["3"]])),
    Case(28, "D", _public_id("ALL"), _asks("INSERT INTO t VALUES (4, 'EU', 1, 'd', DATE '2026-01-04')",
                                           "SELECT id FROM t"),
         [IN_ATHENA + _LACKING.format("Insert"), (["id"], [["1"], ["2"], ["3"]])]),
    Case(29, "D", _domain, _asks(STAR, "SELECT * FROM hr"),
         [WHOLE, IN_ATHENA + D.removesuffix("t") + "hr"]),
    Case(30, "D, D, M, M", _all(_filters((EU,)), _view), _four_ways,
         [[["1"]], [["1"]], [["1"]], "NOT_SUPPORTED"]),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.number:02} {case.mark}")
def test_golden_case(case: Case, make_world: Callable[..., World]) -> None:
    world = make_world(f"golden-{case.number:02}", *case.iam)
    case.grants(world)
    found = case.request(world)
    if isinstance(case.expected, re.Pattern):
        assert case.expected.search(found), found
    else:
        assert found == case.expected


def test_super_reads_nothing_of_a_registered_location_without_s3(make_world: Callable[..., World]) -> None:
    world = make_world("golden-09-without-s3")
    _super(world)
    assert "not authorized to perform: s3:ListBucket" in world.ask(STAR)


def test_all_thirty_cases_are_there() -> None:
    assert [case.number for case in CASES] == [*range(1, 31)]
