"""The rules of imports hold, and each of them catches what it is there for."""

from copy import deepcopy

import pytest
from grimp import ImportGraph
from importlinter import Contract
from importlinter.contracts.layers import LayersContract

from tests.architecture.import_rules import rules

RULES = {rule.name: rule for rule in rules()}
VIOLATIONS = {
    "settings and model know neither the CDK nor AWS": ("lakehouse.model.fields", "boto3"),
    "infrastructure imports no runtime code": ("stacks.storage_stack", "landing_router.settings"),
    "what is deployed imports no tool": ("lakehouse.targets.glue", "tools.cli.project"),
    "the lake command knows neither the CDK nor AWS": ("tools.lake.show", "stacks.lake"),
    "what reads templates knows neither the CDK nor AWS": ("tools.preflight.asking", "botocore"),
    "lake-ops and lake smoke know a deployed lake by its names, not by the code that deployed it": (
        "tools.ops.target",
        "stacks.components.storage.lake_bucket",
    ),
    "Lake Formation's rules know neither the emulator nor AWS": (
        "local.services.lakeformation.model.grants",
        "boto3",
    ),
    "rules of alarms and graphs know neither the emulator nor AWS": (
        "local.graphs.search",
        "local.patches.iam.roles",
    ),
    "settings < model": ("config.naming", "lakehouse.model.dataset"),
    "model < layout < sql < targets < access < placement < contracts, compatibility": (
        "lakehouse.model.fields",
        "lakehouse.sql.parse",
    ),
    "components < stacks < features < lake": (
        "stacks.components.storage.lake_bucket",
        "stacks.storage_stack",
    ),
    "contract < judge, personal < job < tables < records < lineage < bronze < quality < silver < gold …": (
        "lakehouse_etl.contract.model",
        "lakehouse_etl.bronze.state",
    ),
    "emulator < patches < services, lake < feed < features < samples < kept lake < demonstration": (
        "local.emulator.launcher",
        "local.patches.iam.roles",
    ),
    "no feature imports another": ("stacks.features.dms.stack", "stacks.features.click_api.settings"),
    "the core imports no feature": ("lakehouse.odcs.dataset", "stacks.features.dms.settings"),
    "no patch of a service imports another's": ("local.patches.sqs.batches", "local.patches.s3.subresources"),
    "functions and jobs are deployed apart, so none imports another": (
        "landing_router.logic",
        "stream_transform.logic",
    ),
    "functions and jobs know nothing of infrastructure": ("jobs.bronze_to_silver", "config.naming"),
    "jobs have nothing of what functions share": ("functions.silver", "shared.errors"),
    "the judge knows the contract, Arrow and Python alone": ("lakehouse_etl.judge.part", "pyspark"),
    "the detector of personal data knows the contract and Python alone": (
        "lakehouse_etl.personal.forms",
        "pyarrow",
    ),
    "records know the contract, Spark and Python alone": ("lakehouse_etl.records.ranking", "pyarrow"),
    "the native carrier needs no Spark": ("lakehouse_etl.native.table", "lakehouse_etl.tables.table"),
    "one module knows Glue": ("lakehouse_etl.silver.run", "awsglue"),
    "no cycle of imports": ("config.faults", "config.load"),
}
"""By rule, an import that breaks it."""


def _broken(rule: Contract, graph: ImportGraph) -> bool:
    check = rule.check(deepcopy(graph), verbose=False)
    if not check.kept:
        rule.render_broken_contract(check)
    return not check.kept


@pytest.mark.parametrize("name", RULES)
def test_rule_is_kept(imports: ImportGraph, name: str) -> None:
    assert not _broken(RULES[name], imports)


@pytest.mark.parametrize("name", RULES)
def test_rule_is_broken_by_one_import_that_it_forbids(imports: ImportGraph, name: str) -> None:
    importer, imported = VIOLATIONS[name]
    planted = deepcopy(imports)
    features = {module for module in (importer, imported) if module.startswith("stacks.features.")}
    if features - planted.modules:
        pytest.skip("the features whose import would break it were removed from this project")
    assert importer in planted.modules
    planted.add_import(importer=importer, imported=imported)
    assert _broken(RULES[name], planted)


@pytest.mark.parametrize("package", ["lakehouse", "lakehouse_etl", "local", "stacks"])
def test_order_of_packages_is_broken_by_one_that_has_no_place_in_it(
    imports: ImportGraph, package: str
) -> None:
    planted = deepcopy(imports)
    planted.add_module(f"{package}.planted")
    orders = [rule for rule in RULES.values() if isinstance(rule, LayersContract)]
    before, after = ({rule.name for rule in orders if _broken(rule, each)} for each in (imports, planted))
    assert len(after - before) == 1
