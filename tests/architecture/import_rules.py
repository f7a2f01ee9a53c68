"""Which module may import which: every rule by its name, over whatever folders there are today."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output
from importlinter.contracts.forbidden import ForbiddenContract
from importlinter.contracts.independence import IndependenceContract
from importlinter.contracts.layers import LayersContract
from importlinter.contracts.protected import ProtectedContract

ROOT = Path(__file__).resolve().parents[2]
RUNTIME_ROOTS = (ROOT / "lambda_src", ROOT / "glue_scripts")
"""Folders whose packages are deployed as they lie there, so their names start with those packages."""


def packages(folder: Path) -> list[str]:
    """Names of the packages in a folder."""
    return sorted(init.parent.name for init in folder.glob("*/__init__.py"))


def modules(folder: Path) -> list[str]:
    """Names of the modules in a folder."""
    return sorted(path.stem for path in folder.glob("*.py") if path.stem != "__init__")


ROOT_PACKAGES = [*packages(ROOT), *(name for root in RUNTIME_ROOTS for name in packages(root))]
RUNTIME = [name for root in RUNTIME_ROOTS for name in packages(root)]
STACKS = [name for name in modules(ROOT / "stacks") if name.endswith("_stack") and name != "lake_stack"]
FEATURES = [f"stacks.features.{name}" for name in packages(ROOT / "stacks/features")]
SEAM = [f"stacks.features.{name}" for name in modules(ROOT / "stacks/features")]
"""What features have in common, and the only way by which others know them."""
SCAN = "local.services.registry -> local.features"
"""Services are looked for in the folder of features."""
LOCAL_FEATURES = [
    f"local.features.{name}"
    for name in (*packages(ROOT / "local/features"), *modules(ROOT / "local/features"))
]
CORE_OF_STACKS = [
    f"stacks.{name}" for name in (*packages(ROOT / "stacks"), *modules(ROOT / "stacks")) if name != "features"
]
CORE_OF_LOCAL = [f"local.{name}" for name in packages(ROOT / "local") if name != "features"]
SERVICES = [f"local.patches.{name}" for name in packages(ROOT / "local/patches")]


class Only(Contract):
    """A package imports nothing but itself, Python and what is named."""

    source: Any = fields.StringField()
    allowed: Any = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Find the imports of anything else."""
        own = {self.source, *graph.find_descendants(self.source)}
        found = [
            f"{importer} -> {imported}"
            for importer in sorted(own)
            for imported in sorted(graph.find_modules_directly_imported_by(importer) - own)
            if not _is_within(imported, (*self.allowed, *sys.stdlib_module_names))
        ]
        return ContractCheck(kept=not found, metadata={"found": found})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print them."""
        output.print("\n".join(check.metadata["found"]))


class Acyclic(Contract):
    """No module imports itself by way of others."""

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Find one way back from each module to itself."""
        found = [chain for module in sorted(graph.modules) for chain in _way_back(graph, module)]
        return ContractCheck(kept=not found, metadata={"found": found})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print them."""
        output.print("\n".join(check.metadata["found"]))


def _way_back(graph: ImportGraph, module: str) -> Iterator[str]:
    for imported in graph.find_modules_directly_imported_by(module):
        chain = graph.find_shortest_chain(importer=imported, imported=module)
        if chain is not None:
            yield " -> ".join((module, *chain))
            return


def _is_within(module: str, names: Iterable[str]) -> bool:
    return any(module == name or module.startswith(f"{name}.") for name in names)


def rules() -> list[Contract]:
    """Return all rules."""
    return [*_directions(), *_orders(), *_features(), *_runtime(), _rule(Acyclic, "no cycle of imports")]


def _directions() -> Iterator[Contract]:
    yield _forbidden(
        "settings and model know neither the CDK nor AWS",
        ["config", "lakehouse"],
        ["aws_cdk", "constructs", "boto3", "botocore", "pyspark"],
    )
    yield _forbidden(
        "infrastructure imports no runtime code",
        ["stacks", "lakehouse", "config"],
        [*RUNTIME, "local", "pyspark"],
        allow_indirect_imports="true",
    )
    yield _forbidden("what is deployed imports no tool", ["config", "lakehouse", "stacks"], ["tools"])
    yield _forbidden(
        "the lake command knows neither the CDK nor AWS",
        ["tools.lake"],
        ["aws_cdk", "constructs", "boto3", "botocore", "pyspark", "local", *CORE_OF_STACKS],
        # They ask AWS, the embedded AWS or its rules, or Spark, and are loaded when they run.
        ignore_imports=[
            "tools.lake.smoke -> tools.smoke.run",
            "tools.lake.access -> tools.access.run",
            "tools.lake.docs -> tools.access.run",
            "tools.lake.upgrade -> tools.upgrade.run",
            "tools.lake.importing.formats.glue -> boto3",
            "tools.lake.importing.formats.glue -> botocore",
            "tools.lake.dashboards.command -> tools.ops.target",
            "tools.lake.health.** -> local.**",
            "tools.lake.health.** -> tools.ops.**",
            "tools.lake.health.** -> tools.smoke.**",
            "tools.lake.laptop.** -> local.**",
            "tools.lake.laptop.sql -> tools.sql.athena",
            "tools.lake.audit -> tools.sql.athena",
            "tools.lake.testing.command -> tools.product_tests.report",
            "tools.lake.testing.command -> tools.product_tests.run",
        ],
    )
    yield _forbidden(
        "what reads templates knows neither the CDK nor AWS",
        ["tools.assembly", "tools.policies", "tools.preflight"],
        ["aws_cdk", "constructs", "boto3", "botocore", "pyspark", "local", *CORE_OF_STACKS, *RUNTIME],
    )
    yield _forbidden(
        "lake-ops and lake smoke know a deployed lake by its names, not by the code that deployed it",
        ["tools.ops", "tools.smoke", "tools.records"],
        ["aws_cdk", "constructs", "pyspark", "local", *CORE_OF_STACKS, *RUNTIME],
        # A token tells how it was made, whatever code is deployed. Who is erased is looked for as the judge
        # reads and masks.
        ignore_imports=[
            "tools.ops.detokenize -> lakehouse_etl.judge.fields.tokens",
            "tools.ops.erasure.csv_records -> lakehouse_etl.contract.source",
            "tools.ops.erasure.csv_records -> lakehouse_etl.judge.csv.dialect",
            "tools.ops.erasure.rows -> lakehouse_etl.judge.fields.masking",
            "tools.ops.erasure.rows -> lakehouse_etl.judge.fields.tokens",
        ],
    )
    yield _forbidden(
        "Lake Formation's rules know neither the emulator nor AWS",
        ["local.services.lakeformation.model"],
        ["local.patches", "local.emulator", "ministack", "boto3", "botocore"],
    )
    yield _forbidden(
        "rules of alarms and graphs know neither the emulator nor AWS",
        ["local.alarms", "local.graphs"],
        ["local.patches", "local.emulator", "ministack", "boto3", "botocore", *RUNTIME],
    )


def _orders() -> Iterator[Contract]:
    yield _layers(
        "settings < model",
        None,
        ["lakehouse", "config"],
        # What a feature says of itself may know the model, and the settings load it.
        ignore_imports=[f"config.** -> {module}" for module in SEAM],
    )
    yield _layers(
        "model < layout < sql < targets < access < placement < contracts, compatibility",
        "lakehouse",
        ["odcs | compatibility", "placement", "access", "targets", "sql", "layout", "model"],
    )
    yield _layers(
        "components < stacks < features < lake",
        "stacks",
        ["lake : project", "features", " : ".join(STACKS), "components : lake_stack : policies : resources"],
        ignore_imports=[
            f"{importer}.** -> {module}"
            for importer in ("config", "lakehouse", *CORE_OF_STACKS)
            for module in SEAM
        ]
        + [f"{importer} -> {module}" for importer in CORE_OF_STACKS for module in SEAM],
    )
    yield _layers(
        "contract < judge, personal < job < tables < records < lineage < bronze < quality < silver < gold …",
        "lakehouse_etl",
        [
            "dispatch | maintenance", "gold | native", "silver", "quality", "bronze", "lineage", "records",
            "tables", "job", "judge | personal", "contract",
        ],
    )  # fmt: skip
    yield _layers(
        "emulator < patches < services, lake < feed < features < samples < kept lake < demonstration",
        "local",
        [
            "demo", "kept", "samples", "features", "feed", "lake | services", "patches", "graphs | emulator",
            "alarms",
        ],
        # The server starts with the patches and services in place.
        ignore_imports=[
            "local.emulator.server -> local.patches",
            "local.emulator.server -> local.services.*",
            SCAN,
        ],
    )  # fmt: skip


def _features() -> Iterator[Contract]:
    yield _rule(
        IndependenceContract,
        "no feature imports another",
        modules=[*FEATURES, *LOCAL_FEATURES],
        # What runs a feature on a laptop may know the feature.
        ignore_imports=[
            f"{each}{below} -> stacks.features.{each.split('.')[2]}.**"
            for each in LOCAL_FEATURES
            for below in ("", ".**")
        ],
        unmatched_ignore_imports_alerting="none",
    )
    yield _forbidden(
        "the core imports no feature",
        ["config", "lakehouse", "tools", *CORE_OF_STACKS, *CORE_OF_LOCAL],
        [*FEATURES, *LOCAL_FEATURES],
        allow_indirect_imports="true",
    )
    yield _rule(
        IndependenceContract,
        "no patch of a service imports another's",
        modules=SERVICES,
        # Services assume roles, so they all ask IAM for one; they tell CloudWatch what they did, and what
        # was asked to who notes it. S3 asks KMS first, and KMS knows in which context CloudTrail wrote.
        ignore_imports=[
            "local.patches.** -> local.patches.iam.calls",
            "local.patches.ec2.vpc_endpoints -> local.patches.iam.origin",
            "local.patches.** -> local.patches.iam.roles",
            "local.patches.cloudtrail.records -> local.patches.iam.request_operations",
            "local.patches.cloudtrail.delivery -> local.patches.kms.use",
            "local.patches.** -> local.patches.cloudwatch.store",
            "local.patches.kms.use -> local.patches.s3.guard",
        ],
        unmatched_ignore_imports_alerting="none",
    )


def _runtime() -> Iterator[Contract]:
    functions = [name for name in packages(ROOT / "lambda_src") if name != "shared"]
    yield _rule(
        IndependenceContract,
        "functions and jobs are deployed apart, so none imports another",
        modules=[*functions, "functions", "jobs"],
    )
    yield _forbidden(
        "functions and jobs know nothing of infrastructure",
        RUNTIME,
        ["aws_cdk", "config", "lakehouse", "stacks", "local", "tools", "pydantic", "yaml"],
    )
    yield _forbidden(
        "jobs have nothing of what functions share",
        ["lakehouse_etl", "jobs", "functions"],
        ["shared"],
    )
    yield _rule(
        Only,
        "the judge knows the contract, Arrow and Python alone",
        source="lakehouse_etl.judge",
        allowed=["lakehouse_etl.contract", "msgspec", "pyarrow", "xxhash"],
    )
    yield _rule(
        Only,
        "the detector of personal data knows the contract and Python alone",
        source="lakehouse_etl.personal",
        allowed=["lakehouse_etl.contract"],
    )
    yield _rule(
        Only,
        "records know the contract, Spark and Python alone",
        source="lakehouse_etl.records",
        allowed=["lakehouse_etl.contract", "pyspark"],
    )
    yield _forbidden(
        "the native carrier needs no Spark",
        ["lakehouse_etl.native", "lakehouse_etl.dispatch", "functions"],
        ["pyspark", "py4j", "awsglue"],
    )
    yield _rule(
        ProtectedContract,
        "one module knows Glue",
        protected_modules=["awsglue"],
        allowed_importers=["lakehouse_etl.job.runtime"],
    )


def _forbidden(name: str, sources: list[str], targets: list[str], **options: Any) -> Contract:
    return _rule(ForbiddenContract, name, source_modules=sources, forbidden_modules=targets, **options)


def _layers(name: str, container: str | None, layers: list[str], **options: Any) -> Contract:
    """A package that is in no layer breaks the rule, too."""
    within = {"containers": [container], "exhaustive": "true"} if container else {}
    return _rule(
        LayersContract, name, layers=layers, unmatched_ignore_imports_alerting="none", **within, **options
    )


def _rule(kind: type[Contract], name: str, **options: Any) -> Contract:
    session = {"root_packages": ROOT_PACKAGES, "include_external_packages": True}
    return kind(name, session, {"name": name, **options})
