"""Roles of a domain's jobs: each reaches the prefixes, tables and keys that its job works on."""

from collections.abc import Collection, Iterable, Sequence

from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3_assets as s3_assets

from lakehouse.model.dataset import Lake, Layer
from lakehouse.model.masking import Method
from lakehouse.placement.parts import sources
from stacks.components.access.assets import read_asset
from stacks.components.access.pipelines import grant_others_tables, grant_own_tables, see_tables
from stacks.components.access.statements import (
    LAMBDA,
    READ_OBJECTS,
    REPLACE_OBJECTS,
    USE_KEY,
    allow,
    list_bucket,
    read_secrets,
    service_role,
    tell_asked_when,
)
from stacks.components.functions.python_function import metrics_namespace
from stacks.lake_stack import LakeStack
from stacks.resources import FoundationResources

_NAMED_BY_ICEBERG = "Iceberg names the files below the domain's prefix"
_FAILED_COMMIT = "Iceberg deletes what it has written for a commit that fails"
_BY_SCHEDULE = "the job runs by its schedule"
_READ_TABLES = ("glue:GetTable",)
_COMMIT_TABLES = (*_READ_TABLES, "glue:UpdateTable")
_PYICEBERG_COMMITS = (*_COMMIT_TABLES, "glue:GetDatabase")
"""PyIceberg looks at the database before it commits: one of S3 Tables is written in another way."""

_REJECTED = "quarantine is written where a record is rejected"


class _JobRole:
    """Collects the statements of one job's role."""

    def __init__(
        self,
        stack: LakeStack,
        construct_id: str,
        foundation: FoundationResources,
        service: str = "glue.amazonaws.com",
    ) -> None:
        self.role = service_role(stack, construct_id, service, f"{construct_id} of {stack.node.id}")
        self._arns = stack.arns
        self._foundation = foundation

    def _use(
        self,
        layer: Layer,
        domains: Sequence[str],
        objects: Iterable[str],
        key: Iterable[str],
        asked_when: str = "",
    ) -> None:
        allow(
            self.role,
            tuple(objects),
            [self._arns.objects(layer, f"{domain}/") for domain in domains],
            why_wildcard=_NAMED_BY_ICEBERG,
            asked_when=_FAILED_COMMIT,
        )
        list_bucket(self.role, self._arns.bucket(layer))
        allow(self.role, tuple(key), [self._foundation.keys[layer].key_arn], asked_when=asked_when)

    def _catalog(
        self, actions: Iterable[str], layer: Layer, domains: Sequence[str], asked_when: str = ""
    ) -> None:
        allow(
            self.role,
            tuple(actions),
            [
                self._arns.catalog(),
                *(self._arns.database(layer, domain) for domain in domains),
                *(self._arns.tables(layer, domain) for domain in domains),
            ],
            why_wildcard="contracts add tables to a domain; layer and domain stay named",
            asked_when=asked_when,
        )

    def read_files(self, layer: Layer, domain: str) -> None:
        self._use(layer, [domain], READ_OBJECTS, ["kms:Decrypt"])

    def read_tables(self, layer: Layer, domains: Sequence[str]) -> None:
        self._use(layer, domains, READ_OBJECTS, ["kms:Decrypt"])
        self._catalog(_READ_TABLES, layer, domains)

    def read_notes(self, layer: Layer, domains: Sequence[str]) -> None:
        """What tables tell of their snapshots, and none of their rows."""
        allow(
            self.role,
            READ_OBJECTS,
            [self._arns.objects(layer, f"{domain}/*/metadata/") for domain in domains],
            why_wildcard=_NAMED_BY_ICEBERG,
        )
        list_bucket(self.role, self._arns.bucket(layer))
        allow(self.role, ["kms:Decrypt"], [self._foundation.keys[layer].key_arn])
        self._catalog(_READ_TABLES, layer, domains)

    def write_tables(
        self, layer: Layer, domain: str, *, catalog: Iterable[str] = _COMMIT_TABLES, asked_when: str = ""
    ) -> None:
        self._use(layer, [domain], REPLACE_OBJECTS, USE_KEY, asked_when)
        self._catalog(catalog, layer, [domain], asked_when)

    def run(self, stack: LakeStack, manifest: s3_assets.Asset) -> None:
        """What every job needs: its manifest, its logs, its metrics."""
        read_asset(self.role, manifest)
        allow(
            self.role,
            ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents", "logs:AssociateKmsKey"],
            [self._arns.log_groups("/aws-glue/")],
            why_wildcard="Glue names log groups after the security configuration, and its own streams",
            not_asked="Glue encrypts the groups as the security configuration says; the laptop does not",
        )
        self._measure(metrics_namespace(stack), "Glue")

    def run_function(self, stack: LakeStack, manifest: s3_assets.Asset, name: str) -> None:
        """What a function needs that does a job's work."""
        read_asset(self.role, manifest)
        allow(
            self.role,
            ["logs:CreateLogStream", "logs:PutLogEvents"],
            [self._arns.log_group(f"/aws/lambda/{name}")],
            why_wildcard="Lambda names its own log streams",
            not_asked="Lambda logs under the function's role; the laptop logs under none",
        )
        self._measure(metrics_namespace(stack))

    def _measure(self, *namespaces: str) -> None:
        allow(
            self.role,
            ["cloudwatch:PutMetricData"],
            ["*"],
            why_wildcard="metrics have no ARN; the condition limits the namespace",
            conditions={"StringEquals": {"cloudwatch:namespace": list(namespaces)}},
        )

    def read_masking_keys(self, methods: Collection[Method]) -> None:
        """The keys that these methods of masking need."""
        foundation = self._foundation
        secrets = {Method.HASH: foundation.masking_secret, Method.TOKENIZE: foundation.token_secret}
        if read := [secret for method, secret in secrets.items() if method in methods]:
            read_secrets(self.role, read)


def bronze_to_silver_role(
    stack: LakeStack,
    *,
    domain: str,
    masks: Collection[Method],
    foundation: FoundationResources,
    manifest: s3_assets.Asset,
) -> iam.Role:
    """Reads the domain's bronze, writes its silver and quarantine, masked by these methods."""
    grants = _JobRole(stack, "BronzeToSilverRole", foundation)
    grants.run(stack, manifest)
    _to_silver(grants, stack, "BronzeToSilver", domain, masks=masks, catalog=_COMMIT_TABLES)
    return grants.role


def silver_function_role(
    stack: LakeStack,
    *,
    lake: Lake,
    name: str,
    domain: str,
    masks: Collection[Method],
    foundation: FoundationResources,
    manifest: s3_assets.Asset,
) -> iam.Role:
    """Does what the role of the job does, for the function of this name, and sees what products are due."""
    grants = _JobRole(stack, "SilverFunctionRole", foundation, LAMBDA)
    grants.run_function(stack, manifest, name)
    _to_silver(grants, stack, "SilverFunction", domain, masks=masks, catalog=_PYICEBERG_COMMITS)
    if any(dataset.sql for dataset in lake.of_domain(domain)):
        _see_due(grants, stack, lake, domain)
    return grants.role


def _see_due(grants: _JobRole, stack: LakeStack, lake: Lake, domain: str) -> None:
    """See of which snapshots products are made, and those of their inputs."""
    seen = {(Layer.GOLD, domain), *sources(lake, domain)} - {(Layer.SILVER, domain)}
    for layer in sorted({layer for layer, _ in seen}):
        grants.read_notes(layer, sorted(other for of, other in seen if of == layer))
    others = {layer for layer, other in seen if other != domain}
    see_tables(stack, "SilverFunction", grants.role.role_arn, domain, own=[Layer.GOLD], others=others)


def _to_silver(
    grants: _JobRole,
    stack: LakeStack,
    title: str,
    domain: str,
    *,
    masks: Collection[Method],
    catalog: Iterable[str],
) -> None:
    grants.read_files(Layer.BRONZE, domain)
    grants.write_tables(Layer.SILVER, domain, catalog=catalog)
    grants.write_tables(Layer.QUARANTINE, domain, catalog=catalog, asked_when=_REJECTED)
    grants.read_masking_keys(masks)
    written = (Layer.SILVER, Layer.QUARANTINE)
    grant_own_tables(stack, title, grants.role.role_arn, domain, writes=written)


def maintenance_role(
    stack: LakeStack, *, domain: str, layers: Iterable[Layer], foundation: FoundationResources,
    manifest: s3_assets.Asset,
) -> iam.Role:  # fmt: skip
    """Rewrites tables of the domain in these layers, and deletes what nobody needs any longer."""
    grants = _JobRole(stack, "TableMaintenanceRole", foundation)
    tell_asked_when(grants.role, _BY_SCHEDULE)
    grants.run(stack, manifest)
    written = tuple(layers)
    for layer in written:
        grants.write_tables(layer, domain)
    grant_own_tables(stack, "TableMaintenance", grants.role.role_arn, domain, writes=written)
    return grants.role


def silver_to_gold_role(
    stack: LakeStack, *, lake: Lake, domain: str, foundation: FoundationResources, manifest: s3_assets.Asset
) -> iam.Role:
    """Reads what the domain's SQL names, also of other domains; writes the domain's gold."""
    grants = _JobRole(stack, "SilverToGoldRole", foundation)
    grants.run(stack, manifest)
    grants.write_tables(Layer.GOLD, domain)
    read = sorted(sources(lake, domain))
    for layer in sorted({layer for layer, _ in read}):
        grants.read_tables(layer, [other for of, other in read if of == layer])
    principal = grants.role.role_arn
    own = {layer for layer, other in read if other == domain}
    grant_own_tables(stack, "SilverToGold", principal, domain, writes=[Layer.GOLD], reads=own)
    if others := {layer for layer, other in read if other != domain}:
        grant_others_tables(stack, "SilverToGold", principal, others)
    return grants.role
