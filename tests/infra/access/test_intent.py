"""What the templates give is what policy and contracts say, and nobody has what nobody should have."""

from collections.abc import Iterator

from lakehouse.access.reading import Reading, may_read, readings
from lakehouse.model.dataset import Layer
from lakehouse.placement.parts import sources
from lakehouse.targets.lf_tags import quarantine_levels
from tests.fixtures.environments import Environment
from tools.access.matrix import Matrix, Reach

ALL_ROWS = ""
REPAIRER, ERASER = "repairer", "eraser"


def reaches(matrix: Matrix, environment: Environment, name: str) -> dict[str, Reach]:
    """What the role with a name of the lake reaches, by table."""
    role = environment.naming.resource(name)
    return {row.table: row for row in matrix.rows() if row.role == role}


def test_personas_read_exactly_the_cells_that_policy_and_contracts_say(
    matrix: Matrix, environment: Environment
) -> None:
    cells = 0
    for persona in environment.settings.people.personas:
        found = reaches(matrix, environment, persona)
        for dataset in environment.lake.datasets:
            table = f"{environment.naming.database(dataset.layer, dataset.domain)}.{dataset.name}"
            reading: Reading = readings(dataset, environment.lake.access)[persona]
            wanted = dict.fromkeys(reading.columns, (reading.rows or ALL_ROWS,))
            row = found.get(table, Reach("", table))
            assert row.cells == wanted, (persona, dataset.id)
            cells += len(wanted)
    assert cells


def test_raw_and_refused_records_are_read_by_those_alone_whom_the_policy_lets(
    matrix: Matrix, environment: Environment
) -> None:
    personas = environment.settings.people.personas
    for layer in (Layer.BRONZE, Layer.QUARANTINE):
        readers = environment.lake.access.readers(layer)
        for persona in personas:
            found = reaches(matrix, environment, persona)
            read = {table for table, row in found.items() if f"_{layer}_" in table and row.cells}
            assert bool(read) is (persona in readers), (persona, layer)


def test_of_refused_records_personas_read_reasons_or_texts_as_the_policy_says(
    matrix: Matrix, environment: Environment
) -> None:
    policy, read = environment.lake.access, set()
    for persona in environment.settings.people.personas:
        found = reaches(matrix, environment, persona)
        for dataset in environment.lake.datasets:
            table = f"{environment.naming.database(Layer.QUARANTINE, dataset.domain)}.{dataset.name}"
            levels = quarantine_levels(dataset) if dataset.ingestion else {}
            wanted = {
                name
                for name, level in levels.items()
                if may_read(policy.personas[persona], Layer.QUARANTINE, dataset.domain, level)
            }
            assert set(found.get(table, Reach("", table)).cells) == wanted, (persona, dataset.id)
            read |= {("raw" in wanted, "reason" in wanted)}
    assert {(True, True), (False, False)} <= read


def test_people_have_no_way_to_the_files_past_lake_formation(
    matrix: Matrix, environment: Environment
) -> None:
    for persona in environment.settings.people.personas:
        found = reaches(matrix, environment, persona)
        of_layers = {
            table: row for table, row in found.items() if any(f"_{each}_" in table for each in Layer)
        }
        assert {table for table, row in of_layers.items() if row.files} == set(), persona
        assert {table for table, row in found.items() if row.changes} == set(), persona
    operator = reaches(matrix, environment, "operator")
    files = {(table, row.files) for table, row in operator.items() if row.files}
    assert files
    assert all("_bronze_" in table and acts == ("read", "write") for table, acts in files)


def test_repairer_reads_silver_and_nothing_else(matrix: Matrix, environment: Environment) -> None:
    found = reaches(matrix, environment, REPAIRER)
    assert bool(found) is bool(environment.settings.people.repairers)
    for table, row in found.items():
        layer = Layer.SILVER if f"_{Layer.SILVER}_" in table else Layer.GOLD
        assert f"_{layer}_" in table
        assert (row.describes, row.files, row.changes) == (True, (), False), table
        assert bool(row.cells) is (layer is Layer.SILVER), table
        assert all(rows == (ALL_ROWS,) for rows in row.cells.values()), table


def test_repairer_writes_requests_and_evidence_and_reads_versions(
    matrix: Matrix, environment: Environment
) -> None:
    if not environment.settings.people.repairers:
        return
    naming = environment.naming
    [role] = [each for each in matrix.roles if each.resource.name == naming.resource(REPAIRER)]

    def may(action: str, layer: Layer, key: str) -> bool:
        return matrix.decide(role.arn, f"s3:{action}", f"arn:aws:s3:::{naming.bucket(layer)}/{key}").allowed

    for key in ("shop/_requests/orders/ingest_date=2026-01-01/r.json", "_repairs/shop/orders/r/plan.json"):
        assert may("PutObject", Layer.BRONZE, key), key
    for layer in (Layer.SILVER, Layer.GOLD):
        assert may("GetObject", layer, "shop/orders/metadata/00001-x.metadata.json"), layer
        for key in ("shop/orders/metadata/snap-1.avro", "shop/orders/data/x.parquet"):
            assert not may("GetObject", layer, key), key
        assert not may("PutObject", layer, "shop/orders/metadata/00001-x.metadata.json"), layer
    for action in ("GetObject", "PutObject"):
        assert not may(action, Layer.BRONZE, "shop/orders/ingest_date=2026-01-01/ingest_hour=00/a.json")


def test_nobody_deletes_from_bronze_but_the_eraser_where_there_is_one(
    matrix: Matrix, environment: Environment
) -> None:
    found = {row.role for row in matrix.rows() if "_bronze_" in row.table and "delete" in row.files}
    erasers = environment.settings.people.erasers
    assert found == ({environment.naming.resource(ERASER)} if erasers else set())


def test_eraser_replaces_objects_and_neither_reads_rows_nor_opens_what_guards_bronze(
    matrix: Matrix, environment: Environment
) -> None:
    naming = environment.naming
    roles = [each for each in matrix.roles if each.resource.name == naming.resource(ERASER)]
    assert bool(roles) is bool(environment.settings.people.erasers)
    for role in roles:
        cells = {table for table, row in reaches(matrix, environment, ERASER).items() if row.cells}
        assert cells == set()
        bronze = f"arn:aws:s3:::{naming.bucket(Layer.BRONZE)}"
        for action in ("GetObjectVersion", "PutObject", "DeleteObjectVersion"):
            assert matrix.decide(role.arn, f"s3:{action}", f"{bronze}/shop/orders/a").allowed, action
        for action in ("BypassGovernanceRetention", "PutObjectRetention"):
            assert not matrix.decide(role.arn, f"s3:{action}", f"{bronze}/shop/orders/a").allowed, action
        for action in ("PutBucketPolicy", "DeleteBucketPolicy", "PutLifecycleConfiguration"):
            assert not matrix.decide(role.arn, f"s3:{action}", bronze).allowed, action
        results = f"arn:aws:s3:::{naming.bucket('query-results')}/engineer/a.csv"
        assert matrix.decide(role.arn, "s3:DeleteObjectVersion", results).allowed
        assert not matrix.decide(role.arn, "s3:GetObject", results).allowed


def test_job_works_on_the_tables_of_its_own_domain_and_reads_what_its_products_name(
    matrix: Matrix, environment: Environment
) -> None:
    lake, naming = environment.lake, environment.naming
    for domain in lake.domains:
        own = {naming.database(layer, domain) for layer in Layer}
        named = {naming.database(layer, other) for layer, other in sources(lake, domain)}
        found = list(_of_domain(matrix, environment, domain))
        assert found
        for row in found:
            database = row.table.partition(".")[0]
            assert database in own | named, (row.role, row.table)
            if row.changes or {"write", "delete"} & set(row.files):
                assert database in own, (row.role, row.table)


def _of_domain(matrix: Matrix, environment: Environment, domain: str) -> Iterator[Reach]:
    """What the roles of a domain's stacks reach."""
    stacks = environment.naming.stack(f"Domain{domain.title().replace('_', '')}")
    names = {role.resource.name for role in matrix.roles if role.resource.stack.name.startswith(stacks)}
    yield from (row for row in matrix.rows() if row.role in names)


def test_everything_that_decides_is_in_the_templates(matrix: Matrix) -> None:
    assert [role.resource.name for role in matrix.roles if role.unknown] == []
