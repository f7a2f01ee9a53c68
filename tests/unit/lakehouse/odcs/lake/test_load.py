from lakehouse.model.dataset import Format, Ingestion, Layer, Mode, Write
from tests.unit.lakehouse.project import Project, column, product, source


def test_load_reads_a_dataset_when_its_contract_is_valid(project: Project) -> None:
    contract = source(quality_gate={"maxRejectedRatio": 0.5})
    contract["customProperties"].append({"property": "otherTool", "value": "is not ours"})
    contract["slaProperties"] = [{"property": "latency", "value": 2, "unit": "d"}]
    project.write(contract)
    (dataset,) = project.load().datasets
    assert (dataset.id, dataset.version, dataset.layer) == ("shop/orders", "1.0.0", Layer.SILVER)
    assert (dataset.description, dataset.owner) == ("The orders.", "shop")
    assert dataset.source == "contracts/shop/orders.odcs.yaml"
    assert dataset.ingestion == Ingestion(Mode.STREAM, Format.JSON)
    assert (dataset.key, dataset.write) == (("order_id",), Write.MERGE)
    assert (dataset.max_rejected_ratio, dataset.service.freshness_hours) == (0.5, 48)


def test_load_sorts_domains_then_sources_then_products_when_there_are_many(project: Project) -> None:
    for id_ in ("web/visits", "shop/orders", "shop/carts"):
        project.write(source(id_), id_)
    for name, sql in (
        ("a_top", "SELECT order_id FROM gold_shop.z_base"),
        ("z_base", "SELECT order_id FROM silver_shop.orders"),
        ("b_web", "SELECT order_id FROM silver_web.visits"),
    ):
        project.write(product(f"shop/{name}"), f"shop/{name}")
        project.text(f"shop/{name}.sql", sql)
    lake = project.load()
    shop = lake.of_domain("shop")
    assert [dataset.name for dataset in shop] == ["carts", "orders", "b_web", "z_base", "a_top"]
    assert [dataset.id for dataset in lake.datasets] == [*(dataset.id for dataset in shop), "web/visits"]
    assert lake.domains == ("shop", "web")
    assert [dataset.inputs for dataset in shop[2:]] == [("web/visits",), ("shop/orders",), ("shop/z_base",)]


def test_load_warns_when_domains_read_each_other(project: Project) -> None:
    for domain, other in (("shop", "web"), ("web", "shop")):
        project.write(source(f"{domain}/raw"), f"{domain}/raw")
        project.write(product(f"{domain}/sums"), f"{domain}/sums")
        project.text(f"{domain}/sums.sql", f"SELECT order_id FROM silver_{other}.raw")  # noqa: S608
    (warning,) = project.load().warnings
    assert str(warning).startswith("contracts/shop: sql: got 'domains shop, web read each other'; allowed: ")
    project.text("shop/sums.sql", "SELECT order_id FROM silver_shop.raw")
    assert project.load().warnings == ()


def test_load_refuses_the_project_when_it_has_no_contract(project: Project) -> None:
    assert project.fault().startswith(
        "contracts: folder: got 'no contract'; allowed: <domain>/<dataset>.odcs.yaml"
    )


def test_load_reports_all_faults_of_all_files_when_many_are_wrong(project: Project) -> None:
    first = source("shop/orders", {**column("Bad-Name", "number"), "descriptin": "x"})
    first["apiVersion"] = "v2.2.0"
    second = source("shop/carts", order_by=["added_at"], write="upsert")
    second["version"] = "1"
    second["schema"][0]["properties"][0]["required"] = "yes"
    project.write(first)
    project.write(second, "shop/carts")
    project.text("shop/broken.odcs.yaml", "a: [1\n")
    text = "\n".join(project.faults())
    for part in (
        "contracts/shop/broken.odcs.yaml:2: document: got",
        "contracts/shop/carts.odcs.yaml:4: version: got '1'; allowed: three numbers",
        "schema[0].properties[0].required: got 'yes'; allowed: a value of type boolean",
        "customProperties[3].value: got 'upsert'; allowed: 'merge', 'append', 'overwrite' or",
        "contracts/shop/orders.odcs.yaml:1: apiVersion: got 'v2.2.0'; allowed: v3.1.0, v3.2.0",
        "schema[0].properties[1].descriptin: got 'descriptin'; allowed: authoritativeDefinitions,",
        "schema[0].properties[1].name: got 'Bad-Name'; allowed: snake_case",
        "schema[0].properties[1].physicalType: got 'nothing'; allowed: decimal(precision, scale)",
    ):
        assert part in text


def test_load_refuses_a_contract_when_another_has_its_id(project: Project) -> None:
    project.write(source())
    project.write({**source("shop/carts"), "id": "shop.orders"}, "shop/carts")
    assert project.fault() == (
        "contracts/shop/orders.odcs.yaml: contract id: got 'shop.orders'; allowed: a contract id of its own; "
        "contracts/shop/carts.odcs.yaml has this one; fix: rename one of them"
    )


def test_load_refuses_a_dataset_when_another_file_declares_it(project: Project) -> None:
    project.write(source())
    project.write({**source(), "id": "other"}, "web/orders")
    text = "\n".join(project.faults())
    assert "contracts/web/orders.odcs.yaml: dataset: got 'shop/orders'; allowed: a dataset of its own" in text
    assert "domain: got 'shop'; allowed: web, as the folder is named; fix: move the file or change" in text


def test_load_refuses_a_dataset_when_its_stream_would_have_the_name_of_another(project: Project) -> None:
    project.write(source("shop/eu_orders"), "shop/eu_orders")
    project.write(source("shop_eu/orders"), "shop_eu/orders")
    assert "physical name: got 'shop-eu-orders'; allowed: a physical name of its own" in project.fault()


def test_load_refuses_files_when_they_would_be_passed_over(project: Project) -> None:
    project.write(source())
    project.text("shop/carts.yaml", "")
    project.text("shop/totals.sql", "SELECT 1")
    carts, totals = project.faults()
    assert carts.startswith(
        "contracts/shop/carts.yaml: file: got 'carts.yaml'; allowed: names that end in .odcs"
    )
    assert totals.startswith(
        "contracts/shop/totals.sql: file: got 'totals.sql'; allowed: SQL beside its gold"
    )


def test_load_refuses_a_contract_when_it_is_not_directly_in_a_domain(project: Project) -> None:
    project.write(source(), "shop/deep/orders")
    assert "domain: got 'shop'; allowed: shop/deep, as the folder is named" in project.fault()
