import pytest

from lakehouse.model.fields import Array, Field, Map, Scalar, Struct, Type
from lakehouse.sql.columns import UnknownColumn, unknown_columns
from lakehouse.sql.parse import SqlError
from lakehouse.targets.iceberg import columns
from tests.fixtures.environments import TRIAL


def struct(**members: Type) -> Struct:
    return Struct(tuple(Field(name, kind, False, "") for name, kind in members.items()))


GEO = struct(lat=Scalar.DOUBLE)
TABLES: dict[str, dict[str, Type]] = {
    "silver_a.b": {
        "id": Scalar.LONG,
        "at": Scalar.TIMESTAMPTZ,
        "tags": Array(Scalar.STRING),
        "address": struct(city=Scalar.STRING, geo=GEO),
        "places": Map(Scalar.STRING, GEO),
        "items": Array(struct(sku=Scalar.STRING, parts=Array(GEO))),
    },
    "silver_a.c": {"id": Scalar.LONG, "x": Scalar.INT},
}


def names(sql: str) -> list[str]:
    return [unknown.name for unknown in unknown_columns(sql, TABLES)]


def test_unknown_columns_have_their_lines_and_what_is_allowed_when_there_are_several() -> None:
    sql = "SELECT x,\n  idd, c.y\nFROM silver_a.c\n-- idd\nWHERE\n  zed = 'idd'"
    assert unknown_columns(sql, TABLES) == [
        UnknownColumn(2, "idd", ("id", "x")),
        UnknownColumn(2, "y", ("id", "x")),
        UnknownColumn(6, "zed", ("id", "x")),
    ]


@pytest.mark.parametrize(
    ("sql", "unknown"),
    [
        ("SELECT silver_a.b.id, silver_a.b.idd FROM silver_a.b", ["idd"]),
        ("SELECT `idd` FROM silver_a.b", ["idd"]),
        ("WITH q AS (SELECT id, 1 AS n FROM silver_a.b) SELECT q.id, n, nn FROM q", ["nn"]),
        ("WITH q AS (SELECT * FROM silver_a.c) SELECT q.x, q.at FROM q", ["at"]),
        ("SELECT s.r FROM (SELECT * FROM silver_a.c) s", ["r"]),
        ("SELECT id FROM silver_a.b UNION ALL SELECT idd FROM silver_a.c", ["idd"]),
        ("SELECT b.id FROM silver_a.b JOIN silver_a.c ON b.id = c.idd", ["idd"]),
        ("SELECT b.id FROM silver_a.b LEFT SEMI JOIN silver_a.c ON b.id = c.idd", ["idd"]),
        ("SELECT id FROM silver_a.b WHERE EXISTS (SELECT 1 FROM silver_a.c WHERE c.id = b.idd)", ["idd"]),
        ("SELECT (SELECT max(x) FROM silver_a.c WHERE x > at AND nope) FROM silver_a.b", ["nope"]),
        ("SELECT count(*) FROM silver_a.b HAVING max(idd) > 1", ["idd"]),
        ("SELECT id, sum(x) OVER (ORDER BY idd) FROM silver_a.c", ["idd"]),
        ("SELECT id AS k FROM silver_a.c ORDER BY kk", ["kk"]),
        ("SELECT t.p FROM silver_a.b LATERAL VIEW POSEXPLODE(tags) t AS p, v WHERE v = idd", ["idd"]),
        ("SELECT transform(items, i -> i.sku || idd) FROM silver_a.b", ["idd"]),
        ("SELECT zz.id FROM silver_a.b", ["zz"]),
        ("SELECT addr.city FROM silver_a.b", ["addr"]),
        ("SELECT address.cty, b.address.geo.lot FROM silver_a.b", ["cty", "lot"]),
        ("SELECT items.skuu, items[0].sky, items.parts[0].lot FROM silver_a.b", ["skuu", "sky", "lot"]),
        ("SELECT places['a'].lot, places.home.lot, (address).cty FROM silver_a.b", ["lot", "lot", "cty"]),
        ("SELECT b.idd FROM silver_a.other a JOIN silver_a.b ON a.y = b.id WHERE zz = 1", ["idd"]),
    ],
)
def test_unknown_columns_are_found_when_they_stand_somewhere_in_a_query(sql: str, unknown: list[str]) -> None:
    assert names(sql) == unknown


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT ID, Address.City, b.address.geo.lat, silver_a.b.address.city FROM silver_a.b",
        "SELECT items.sku, items[0].parts.lat, places['a'].lat, places.home.lat, address.* FROM silver_a.b",
        "SELECT address AS ad, ad.city, id + 1 AS k, k * 2 AS j FROM silver_a.b",
        "SELECT b.*, x FROM silver_a.b JOIN silver_a.c USING (id)",
        "SELECT t.tag, id FROM silver_a.b LATERAL VIEW EXPLODE(tags) t AS tag",
        "SELECT sku FROM silver_a.b LATERAL VIEW INLINE(items)",
        "SELECT k, v.lat FROM silver_a.b LATERAL VIEW EXPLODE(places) e AS k, v",
        "SELECT e.x FROM silver_a.b, LATERAL EXPLODE(tags) AS e(x) WHERE x = 'a'",
        "SELECT EXPLODE(tags) FROM silver_a.b ORDER BY col",
        "SELECT col FROM (SELECT EXPLODE(tags) FROM silver_a.b)",
        "SELECT p FROM (SELECT POSEXPLODE(tags) AS (p, t) FROM silver_a.b)",
        "SELECT aggregate(items, 0L, (sum, i) -> sum + i.parts[0].lat, sum -> sum * 2) FROM silver_a.b",
        "SELECT id AS k, count(*) AS n FROM silver_a.b GROUP BY k HAVING n > 1 AND k > 2 ORDER BY k, 2",
        "SELECT id, sum(x) AS n FROM silver_a.c GROUP BY ALL ORDER BY ALL",
        "SELECT id, row_number() OVER w AS r FROM silver_a.c WINDOW w AS (ORDER BY x) QUALIFY r = 1",
        "SELECT grouping__id, id, current_user, user FROM silver_a.b GROUP BY CUBE (id)",
        "SELECT datediff(DAY, at, at), extract(YEAR FROM at), date_trunc('DAY', at) FROM silver_a.b",
        "SELECT id FROM silver_a.b o WHERE id > (SELECT avg(x) FROM silver_a.c WHERE id = o.id)",
        "SELECT l.mx FROM silver_a.b, LATERAL (SELECT max(x) AS mx FROM silver_a.c WHERE c.id = b.id) l",
        "(SELECT id FROM silver_a.b) UNION (SELECT x FROM silver_a.c) ORDER BY id",
        "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT n, id FROM r, silver_a.c",
        "WITH q(k, l) AS (SELECT id, at FROM silver_a.b) SELECT k, q.l FROM q",
        "SELECT one FROM silver_a.c PIVOT (sum(x) FOR id IN (1 AS one, 2 AS two))",
        "SELECT /*+ BROADCAST(c) */ c.id FROM silver_a.c VERSION AS OF 5",
        "SELECT _file, _metadata.file_path, id FROM silver_a.b",
        "SELECT anything, o.other FROM silver_a.other o",
        "SELECT id FROM silver_a.c.snapshots",
        "SELECT b.id FROM silver_a.b JOIN silver_a.c USING (idd)",
        "SELECT v FROM VALUES (1), (2) AS t(v)",
        "SELECT col1 FROM VALUES (1), (2)",
    ],
)
def test_unknown_columns_are_none_when_spark_knows_or_only_spark_can_tell(sql: str) -> None:
    assert names(sql) == []


def test_unknown_columns_are_none_when_the_sql_is_that_of_the_contracts() -> None:
    lake = TRIAL.lake
    tables = {
        f"{dataset.layer}_{dataset.domain}.{dataset.name}": {
            field.name: field.type for field in columns(dataset)
        }
        for dataset in lake.datasets
    }
    queries = [dataset.sql for dataset in lake.datasets if dataset.sql is not None]
    assert len(queries) > 2
    assert [unknown_columns(sql, tables) for sql in queries] == [[] for _ in queries]
    broken = [sql.replace("machine_id", "machin_id").replace("status", "staatus") for sql in queries]
    assert sum(bool(unknown_columns(sql, tables)) for sql in broken) == 2


def test_unknown_columns_refuse_the_sql_when_it_is_no_query() -> None:
    with pytest.raises(SqlError, match="DELETE"):
        unknown_columns("DELETE FROM silver_a.b", TABLES)
