"""Everything that a change does to what is deployed."""

from collections.abc import Iterator

from tools.access.changes import changes
from tools.access.matrix import Matrix
from tools.assembly.policies import roles
from tools.upgrade.deployment import Deployment
from tools.upgrade.finding import Finding, Kind
from tools.upgrade.protection import weakened
from tools.upgrade.public import opened
from tools.upgrade.rights import growth
from tools.upgrade.state import ends

_DECIDING = (
    "AWS::Athena::WorkGroup", "AWS::Glue::", "AWS::IAM::", "AWS::KMS::", "AWS::LakeFormation::", "AWS::S3::",
    "Custom::",
)  # fmt: skip
"""Types by whose resources it is decided who reads which table."""


def classify(old: Deployment, new: Deployment) -> list[Finding]:
    """Return what a change of templates does, each thing once, the dangerous ones first.

    Of an environment that moves to another account or region that alone is told: everything is new there.
    """
    if moved := list(_moved(old, new)):
        return moved
    found = {
        *ends(old, new),
        *weakened(old, new),
        *growth(old, new),
        *_readers(old, new),
        *opened(old, new),
        *_acknowledged(old, new),
    }
    return sorted(found, key=lambda each: (not each.dangerous, each))


def _moved(old: Deployment, new: Deployment) -> Iterator[Finding]:
    """Yield stacks that are deployed elsewhere than before."""
    before = {each.id: f"{each.account}/{each.region}" for each in old.assembly.stacks}
    for stack in new.assembly.stacks:
        where = f"{stack.account}/{stack.region}"
        if stack.id in before and before[stack.id] != where:
            why = "`cdk deploy` makes an empty one there, and leaves the old one with all that it holds"
            yield Finding(Kind.DELETED, stack.id, f"{before[stack.id]} → {where}", why)


def _readers(old: Deployment, new: Deployment) -> Iterator[Finding]:
    """Yield what roles can do with tables that were there before, through Lake Formation as well."""
    if _deciding(old) != _deciding(new):
        before, after = Matrix(old.assembly), Matrix(new.assembly)
        known = {str(table) for table in before.tables}
        places = {role.resource.name: str(role.resource) for role in roles(new.assembly).values()}
        for change in changes(before.rows(), after.rows()):
            if change.widens and change.table in known:
                what = f"{change.text} {change.table}"
                yield Finding(Kind.RIGHTS, places[change.role], what, "`lake access --why` tells by what")
    yield from _strangers(old, new)


def _deciding(deployment: Deployment) -> dict[str, object]:
    """What decides about tables; where nothing of it changed, nobody needs to be asked."""
    return {
        place: deployment.raw(each)
        for place, each in deployment.resources.items()
        if each.kind.startswith(_DECIDING)
    }


def _strangers(old: Deployment, new: Deployment) -> Iterator[Finding]:
    """Yield grants of Lake Formation to whom no template makes."""
    before = set(_granted(old))
    for place, who, what in _granted(new):
        if (place, who, what) not in before:
            yield Finding(Kind.RIGHTS, place, f"grants {what} to {who}", "no template of the lake makes it")


def _granted(deployment: Deployment) -> Iterator[tuple[str, str, str]]:
    own = set(roles(deployment.assembly))
    for grant in deployment.assembly.of("AWS::LakeFormation::PrincipalPermissions"):
        who = str(grant.properties["Principal"]["DataLakePrincipalIdentifier"])
        if who not in own:
            for each in grant.properties["Permissions"]:
                yield str(grant), who, each


def _acknowledged(old: Deployment, new: Deployment) -> Iterator[Finding]:
    """Yield findings of policy packs that are accepted, and are not where others of the kind are."""
    before = {(old.shape(path), old.general(finding, path)) for path, finding, _ in old.acknowledged()}
    for path, finding, reason in new.acknowledged():
        if (new.shape(path), new.general(finding, path)) not in before:
            yield Finding(Kind.ACKNOWLEDGED, path, finding, f"its reason: {reason}")
