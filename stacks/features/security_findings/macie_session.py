"""Amazon Macie: its session, what it looks for beside what it knows, and what it may decrypt."""

from collections.abc import Iterator

from aws_cdk import aws_iam as iam
from aws_cdk import aws_macie as macie
from constructs import Construct

from config.naming import BUCKET_ROLES
from lakehouse.model.dataset import Dataset, Lake
from lakehouse.model.fields import CLASSIFICATIONS, PERSONAL, Field, every_field
from stacks.components.storage.key_policy import CALLER, statement
from stacks.features.security_findings.settings import MacieSettings
from stacks.lake_stack import LakeStack
from stacks.resources import FoundationResources

_REGEX_MAX = 512
_KEYWORD_MIN = 3
_NAME_MAX = 128
"""https://docs.aws.amazon.com/macie/latest/APIReference/custom-data-identifiers.html"""

_UNSUPPORTED = ("(?", "\\b", "\\B", "\\1", "\\2", "\\3", "\\p", "\\P", "\\G", "\\K")
"""Macie takes no groups that look around or catch nothing, no references and no Unicode classes.

https://docs.aws.amazon.com/macie/latest/user/cdis-options.html
"""

_PERSONAL = CLASSIFICATIONS[CLASSIFICATIONS.index(PERSONAL) :]


class MacieSession(Construct):
    """What Macie has of the lake."""

    def __init__(self, scope: LakeStack, construct_id: str, *, settings: MacieSettings, lake: Lake) -> None:
        """Build the session, if there is none, and what is taken from the contracts."""
        super().__init__(scope, construct_id)
        self._stack = scope
        session = self._session(settings)
        known = [*self._identifiers(lake), *self._allowed(settings), self._view()]
        for each in known:
            if session:
                each.add_resource_dependency(session)

    def _session(self, settings: MacieSettings) -> macie.CfnSession | None:
        if settings.existing:
            return None
        return macie.CfnSession(
            self, "Session", status="ENABLED", finding_publishing_frequency="FIFTEEN_MINUTES"
        )

    def _identifiers(self, lake: Lake) -> Iterator[macie.CfnCustomDataIdentifier]:
        """Yield what finds values of a personal column wherever they lie, by the pattern of its contract."""
        for dataset in lake.datasets:
            for field in every_field(dataset.fields):
                if dataset.ingestion and field.classification in _PERSONAL and (regex := macie_regex(field)):
                    yield self._identifier(dataset, field, regex)

    def _identifier(self, dataset: Dataset, field: Field, regex: str) -> macie.CfnCustomDataIdentifier:
        parts = (dataset.domain, dataset.name, field.name)
        return macie.CfnCustomDataIdentifier(
            self,
            f"Values{''.join(each.title().replace('_', '') for each in parts)}",
            name="-".join((self._stack.naming.prefix, *parts))[:_NAME_MAX],
            description=f"Values of {dataset.id}.{field.name}, {field.classification} by its contract",
            regex=regex,
            # One of which has to stand near a value, so that texts which only look alike are none.
            keywords=sorted({field.name, field.source_name, field.name.replace("_", " ")}),
            maximum_match_distance=50,
        )

    def _allowed(self, settings: MacieSettings) -> Iterator[macie.CfnAllowList]:
        for name, regex in settings.allow.items():
            yield macie.CfnAllowList(
                self,
                f"Allow{name.title().replace('-', '')}",
                name=self._stack.naming.resource(name),
                criteria=macie.CfnAllowList.CriteriaProperty(regex=regex),
            )

    def _view(self) -> macie.CfnFindingsFilter:
        """A filter of the lake's buckets, to look through findings with: it hides none."""
        filters = macie.CfnFindingsFilter
        buckets = [self._stack.naming.bucket(role) for role in BUCKET_ROLES]
        of_lake = filters.CriterionAdditionalPropertiesProperty(eq=buckets)
        return filters(
            self,
            "View",
            name=self._stack.naming.prefix,
            description="Findings in the buckets of the lake",
            action="NOOP",
            finding_criteria=filters.FindingCriteriaProperty(
                criterion={"resourcesAffected.s3Bucket.name": of_lake}
            ),
        )


def macie_regex(field: Field) -> str | None:
    """Return how Macie finds values of a column in a text; None if it could not, or has no word to go by.

    A contract's pattern is of the whole value, and Macie looks into lines that hold more.
    """
    pattern = field.checks.pattern
    if pattern is None or len(field.name) < _KEYWORD_MIN:
        return None
    regex = pattern.removeprefix("^")
    if regex.endswith("$") and not regex.endswith("\\$"):
        regex = regex.removesuffix("$")
    if not 0 < len(regex) <= _REGEX_MAX or any(each in regex for each in _UNSUPPORTED):
        return None
    return regex


def let_decrypt(stack: LakeStack, settings: MacieSettings, foundation: FoundationResources) -> None:
    """Let Macie read objects of some layers, as the role that AWS makes for it.

    The role is named in a condition, since a key's policy may name no principal that is not there yet, and
    the service makes it with the first session of an account.
    https://docs.aws.amazon.com/macie/latest/user/discovery-supported-encryption-types.html
    """
    role = stack.arns.role("aws-service-role/macie.amazonaws.com/AWSServiceRoleForAmazonMacie")
    conditions = {
        "StringEquals": {
            "kms:CallerAccount": stack.account,
            "kms:ViaService": f"s3.{stack.region}.amazonaws.com",
        },
        "ArnEquals": {CALLER: role},
    }
    for layer in settings.layers:
        foundation.keys[layer].add_to_resource_policy(
            statement("MacieReads", iam.AnyPrincipal(), conditions, "Decrypt")
        )
