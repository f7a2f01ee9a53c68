"""What Lake Formation grants the roles of a domain's pipeline, beside what IAM allows them."""

from collections.abc import Collection

from lakehouse.model.dataset import Layer
from lakehouse.targets.lf_tags import LAYER, MEMBER, domain_key, key
from stacks.components.access.grants import READ, SEE, WRITE, Grants, Tags
from stacks.lake_stack import LakeStack


def grant_own_tables(
    stack: LakeStack,
    title: str,
    principal: str,
    domain: str,
    *,
    writes: Collection[Layer],
    reads: Collection[Layer] = (),
) -> None:
    """Grant a role the tables of its own domain; what it writes, it reads as well.

    Jobs read and write files under their own role. Lake Formation guards the catalog, which a commit changes.
    """
    grants, own = Grants.of(stack), {domain_key(stack.naming, domain): [MEMBER]}
    seen = sorted({*writes, *reads})
    grants.by_tags(f"{title}Databases", principal, "DATABASE", _of(stack, seen, own), SEE)
    grants.by_tags(f"{title}Writes", principal, "TABLE", _of(stack, sorted(writes), own), WRITE)
    if reads:
        grants.by_tags(f"{title}Reads", principal, "TABLE", _of(stack, sorted(reads), own), READ)
    for layer in sorted(writes):
        location = f"{stack.arns.bucket(layer)}/{domain}/"
        grants.on_location(f"{title}{layer.title()}Location", principal, location)


def grant_others_tables(stack: LakeStack, title: str, principal: str, layers: Collection[Layer]) -> None:
    """Grant a role to read tables of any domain in these layers, of which IAM names those that it may.

    The other domain may not be deployed yet, or come to be so later, so nothing of it can be named here.
    """
    grants, layers = Grants.of(stack), sorted(layers)
    grants.by_tags(f"{title}OtherDatabases", principal, "DATABASE", _of(stack, layers, {}), SEE)
    grants.by_tags(f"{title}OtherReads", principal, "TABLE", _of(stack, layers, {}), READ)


def see_tables(
    stack: LakeStack,
    title: str,
    principal: str,
    domain: str,
    *,
    own: Collection[Layer],
    others: Collection[Layer],
) -> None:
    """Grant a role to see what there is of tables, of its own domain or of any, and none of their rows."""
    grants, mine = Grants.of(stack), {domain_key(stack.naming, domain): [MEMBER]}
    for whose, layers, tags in (("Own", sorted(own), mine), ("Other", sorted(others), {})):
        if layers:
            for kind in ("DATABASE", "TABLE"):
                grants.by_tags(
                    f"{title}Sees{whose}{kind.title()}s", principal, kind, _of(stack, layers, tags), SEE
                )


def _of(stack: LakeStack, layers: Collection[Layer], own: Tags) -> Tags:
    return {**own, key(stack.naming, LAYER): [layer.value for layer in layers]}
