"""Who can do more than before, by what policies say.

Policies are compared right by right, so that another order or another statement is no change. A role of a
domain or dataset that is new is compared with those of its kind: what these may do with their own domain,
it may do with its own.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from tools.assembly.assembly import Resource
from tools.assembly.policies import Role, resource_policies, roles
from tools.upgrade.deployment import Deployment, without_hashes
from tools.upgrade.finding import Finding, Kind
from tools.upgrade.statements import Right, rights

_PEOPLE = (
    "AWS::IAM::User", "AWS::IAM::AccessKey", "AWS::IAM::Group", "AWS::IAM::UserToGroupAddition",
    "AWS::IAM::OIDCProvider", "AWS::IAM::SAMLProvider", "AWS::RolesAnywhere::TrustAnchor",
)  # fmt: skip
"""Types that let somebody in by themselves."""

_GROWN = "the change gives more than the old revision gave; if it is meant, say what needs it"
_STRANGER = "nothing of its kind was there before, so nobody has looked at what it may do"
_FENCE = "what was refused before is refused no more"


@dataclass(frozen=True)
class Holder:
    """Something that has policies: a role, or what has a policy of its own."""

    path: str
    """Of its construct."""
    place: str
    rights: frozenset[Right]
    is_role: bool


def growth(old: Deployment, new: Deployment) -> Iterator[Finding]:
    """Yield what anybody can do and could not before."""
    before = {each.place: each for each in _holders(old)}
    kinds: dict[str, set[Right]] = defaultdict(set)
    for each in before.values():
        kinds[old.shape(each.path)] |= {_general(right, old, each.path) for right in each.rights}
    for holder in _holders(new):
        if holder.place in before:
            yield from _grown(holder, before[holder.place].rights, holder.rights)
        elif holder.is_role:
            yield from _of_newcomer(holder, kinds.get(new.shape(holder.path)), new)
    for place, resource in new.resources.items():
        if resource.kind in _PEOPLE and place not in old.resources:
            yield Finding(Kind.RIGHTS, place, f"a new {resource.kind}", "it lets somebody in by itself")


def _holders(deployment: Deployment) -> Iterator[Holder]:
    assembly = deployment.assembly
    for role in roles(assembly).values():
        found = frozenset(map(_without_hashes, _of_role(role)))
        yield Holder(deployment.path(role.resource), str(role.resource), found, is_role=True)
    for policy in assembly.of("AWS::IAM::ManagedPolicy"):
        yield _holder(deployment, policy, str(policy), rights(policy.properties["PolicyDocument"]))
    for each in resource_policies(assembly).values():
        owner = assembly.at(each.arn)
        place = str(owner) if owner else each.arn
        yield _holder(deployment, each.holders[0], place, rights(each.document))
    for settings in assembly.of("AWS::LakeFormation::DataLakeSettings"):
        who = (each["DataLakePrincipalIdentifier"] for each in settings.properties.get("Admins", []))
        admins = [Right(True, "", "administer", str(each)) for each in who]
        yield _holder(deployment, settings, str(settings), admins)


def _holder(deployment: Deployment, of: Resource, place: str, found: Iterable[Right]) -> Holder:
    own = frozenset(map(_without_hashes, found))
    return Holder(deployment.path(of), place, own, is_role=False)


def _of_role(role: Role) -> Iterator[Right]:
    """What a role may do, who may assume it, and what bounds it."""
    for right in rights(role.trust):
        yield replace(right, who=f"assumed by {right.who}")
    for document in role.policies:
        yield from rights(document)
    boundary = str(role.resource.properties.get("PermissionsBoundary", ""))
    for arn in role.unknown:
        if arn != boundary:
            yield Right(True, "", "all of", arn)
    if boundary:
        yield Right(False, "", "all outside of", boundary)


def _without_hashes(right: Right) -> Right:
    return replace(right, resource=without_hashes(right.resource))


def _general(right: Right, deployment: Deployment, path: str) -> Right:
    """A right as anything of a kind has it."""
    conditions = tuple(
        replace(each, values=tuple(sorted(deployment.general(value, path) for value in each.values)))
        for each in right.conditions
    )
    return replace(
        right,
        who=deployment.general(right.who, path),
        resource=deployment.general(right.resource, path),
        conditions=tuple(sorted(conditions)),
    )


def _grown(holder: Holder, before: Iterable[Right], after: Iterable[Right]) -> Iterator[Finding]:
    more, less = _between(before, after)
    for text in _told(more):
        yield Finding(Kind.RIGHTS, holder.place, f"allows {text}", _GROWN)
    for text in _told(less):
        yield Finding(Kind.RIGHTS, holder.place, f"no longer denies {text}", _FENCE)


def _of_newcomer(holder: Holder, kind: set[Right] | None, new: Deployment) -> Iterator[Finding]:
    if kind is None:
        allowed = [right for right in holder.rights if right.allows]
        told = tuple(f"allows {text}" for text in _told(allowed))
        what = f"a new role with {len(allowed)} rights ({_digest(told)})"
        yield Finding(Kind.RIGHTS, holder.place, what, _STRANGER, told)
        return
    general = {_general(right, new, holder.path): right for right in holder.rights}
    more, less = _between(kind, general)
    yield from _grown(holder, (), [general[right] for right in more])
    for text in _told(less):
        yield Finding(Kind.RIGHTS, holder.place, f"does not deny {text}", "others of its kind are denied it")


def _between(before: Iterable[Right], after: Iterable[Right]) -> tuple[list[Right], list[Right]]:
    """Return what is allowed only after, and what is denied only before."""
    old, new = list(before), list(after)
    more = [each for each in new if each.allows and not any(one.covers(each) for one in old)]
    less = [each for each in old if not each.allows and not any(one.covers(each) for one in new)]
    return more, less


def _told(found: Iterable[Right]) -> list[str]:
    """Tell rights for people: those of one principal on one resource as one."""
    grouped: Mapping[tuple[str, str, str], list[str]] = defaultdict(list)
    for right in sorted(found):
        when = " and ".join(map(str, right.conditions))
        grouped[right.who, right.resource, when].append(right.action)
    return [
        f"{', '.join(actions)} on {resource}{f' to {who}' if who else ''}{f' if {when}' if when else ''}"
        for (who, resource, when), actions in grouped.items()
    ]


def _digest(texts: Iterable[str]) -> str:
    """A few characters that change with any of the texts."""
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:8]
