"""Roles of the personas, and what Lake Formation grants them by the tags of tables."""

from collections.abc import Sequence

from aws_cdk import aws_iam as iam

from lakehouse.model.access import Persona, ReadRule
from lakehouse.model.dataset import Layer
from lakehouse.targets.lf_tags import ALL_ROWS, CLASSIFICATION, LAYER, MEMBER, ROWS, domain_key, key
from stacks.components.access.grants import READ, SEE, Grants, Tags
from stacks.components.access.people import let_query, let_see, trusted
from stacks.lake_stack import LakeStack
from stacks.resources import FoundationResources

_PUBLISHED = (Layer.SILVER, Layer.GOLD)
"""Layers whose databases every persona sees: a contract may let anybody read a table in them."""


def persona_role(stack: LakeStack, name: str, persona: Persona, foundation: FoundationResources) -> iam.Role:
    """Make the role that people assume to ask as a persona, through its own work group."""
    role = iam.Role(
        stack,
        f"{name.title().replace('_', '')}Role",
        role_name=stack.naming.resource(name),
        assumed_by=trusted(stack, stack.settings.people.personas[name]),
        description=f"Queries the lake as {name}",
    )
    let_query(role, stack, foundation, persona=name)
    let_see(role, stack, _layers(persona))
    return role


def _layers(persona: Persona) -> Sequence[str]:
    return [*dict.fromkeys((*map(str, _PUBLISHED), *persona.layers, *persona.describes))]


def grant_persona(grants: Grants, stack: LakeStack, name: str, persona: Persona, principal: str) -> None:
    """Grant a persona what the policy says of all domains alike."""
    layer = key(stack.naming, LAYER)
    title = name.title().replace("_", "")
    grants.by_tags(f"{title}Databases", principal, "DATABASE", {layer: _layers(persona)}, SEE)
    if persona.describes:
        grants.by_tags(f"{title}Describes", principal, "TABLE", {layer: persona.describes}, SEE)
    for rule in persona.reads:
        if rule.domains is None:
            grants.by_tags(f"{title}{_rule_id(rule)}", principal, "TABLE", _tags(stack, rule), READ)


def grant_domain_readers(grants: Grants, stack: LakeStack, domain: str, personas: dict[str, Persona]) -> None:
    """Grant what the policy says of one domain."""
    for name, persona in personas.items():
        for rule in persona.reads:
            if domain in (rule.domains or ()):
                tags = {domain_key(stack.naming, domain): [MEMBER], **_tags(stack, rule)}
                principal = stack.arns.role(stack.naming.resource(name))
                construct_id = f"{name.title().replace('_', '')}{_rule_id(rule)}"
                grants.by_tags(construct_id, principal, "TABLE", tags, READ)


def _rule_id(rule: ReadRule) -> str:
    """Return an id of what the rule says, so that another rule is another grant."""
    return "".join(each.title() for each in (*rule.layers, *rule.classifications))


def _tags(stack: LakeStack, rule: ReadRule) -> Tags:
    naming = stack.naming
    return {
        key(naming, LAYER): rule.layers,
        key(naming, CLASSIFICATION): rule.classifications,
        key(naming, ROWS): [ALL_ROWS],
    }
