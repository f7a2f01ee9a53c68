"""Each request of the table, put to the policies of the templates."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tools.assembly.assembly import Assembly, Resource
from tools.assembly.network import endpoints_by_role
from tools.assembly.policies import Document
from tools.policies.evaluate import Decision, Identity, Request, allowed, identity
from tools.preflight.edge import Edge, Table
from tools.preflight.findings import Answers, Finding
from tools.preflight.policies import Policies
from tools.preflight.sites import Site, Sites, matches

_DEPLOYER = "deployer"
_SOURCE_VPC = "aws:SourceVpc"
"""Begins the keys by which a policy tells from which network somebody comes."""
_EVERYTHING: Document = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


class Asking:
    """Asks everything that the rows of the table say about one assembly."""

    def __init__(self, assembly: Assembly, table: Table) -> None:
        """Take the assembly, and the rows."""
        self._table = table
        self._sites = Sites(assembly)
        self._policies = Policies(assembly, self._sites.roles)
        self._assembly = assembly
        self._endpoints = endpoints_by_role(assembly)
        self._answers = Answers()

    def answers(self) -> Answers:
        """Ask everything, and note what the account may have already."""
        for edge in self._table.edges:
            self._answers.asked.setdefault(edge.kind, 0)
            for site in self._sites.of(edge):
                if edge.must:
                    self._look(edge, site)
                elif edge.after:
                    self._wait(edge, site)
                else:
                    self._ask(edge, site)
        for once in self._table.once:
            if next(self._sites.of(once), None):
                self._answers.notes.append(f"{once.what}: see `{once.look}`, then {once.then}")
        self._answers.findings = list({_identity(each): each for each in self._answers.findings}.values())
        return self._answers

    def _look(self, edge: Edge, site: Site) -> None:
        self._answers.asked[edge.kind] += 1
        for path, pattern in edge.must.items():
            values = self._sites.paths.values(path, site.scope)
            if not matches(values, pattern):
                found = ", ".join(map(str, values)) or "nothing"
                wanted = "nothing" if pattern is None else pattern
                self._tell(edge, site, {"property": path}, f"it is {found}, and must be {wanted}")

    def _wait(self, edge: Edge, site: Site) -> None:
        after = edge.after or ""
        named = [] if "::" in after else self._sites.paths.values(after, site.scope)
        found = [self._assembly.at(str(arn)) for arn in named] or self._assembly.of(after)
        for earlier in filter(None, found):
            self._answers.asked[edge.kind] += 1
            self._see_that_is_there(edge, site, earlier)

    def _ask(self, edge: Edge, site: Site) -> None:
        texts = self._sites.paths.texts
        resources = [arn for form in edge.resource for arn in texts(form, site.scope)]
        if not resources:
            return
        for caller in self._callers(edge, site):
            for action in [each for form in edge.actions for each in texts(form, site.scope)]:
                for resource in resources:
                    self._answers.asked[edge.kind] += 1
                    keys = {**self._origin(action, caller), **self._keys(edge, site)}
                    self._request(edge, site, Request(action, resource, caller, keys))
            if edge.at_create:
                self._order(edge, site, caller, resources)

    def _callers(self, edge: Edge, site: Site) -> Iterator[Identity | str]:
        if edge.service is not None:
            yield from self._sites.paths.texts(edge.service, site.scope)
        elif edge.role == _DEPLOYER:
            stack = site.resource.stack
            arn = stack.deployer or f"arn:${{AWS::Partition}}:iam::{stack.account}:role/cloudformation"
            yield Identity(arn.replace("${AWS::Partition}", stack.partition), (_EVERYTHING,))
        else:
            for arn in dict.fromkeys(map(str, self._sites.paths.values(edge.role or "", site.scope))):
                role = self._sites.roles.get(arn)
                if role:
                    yield identity(role)
                else:
                    self._answers.unknown[f"{edge.kind}: no role {arn} in the templates"] += 1

    def _origin(self, action: str, caller: Identity | str) -> dict[str, str]:
        """The endpoint by which a caller inside of a VPC asks a service, where the templates make it.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourcevpce
        """
        known = self._endpoints.get(caller.arn) if isinstance(caller, Identity) else None
        endpoint = (known or {}).get(action.partition(":")[0])
        return {"aws:SourceVpce": endpoint} if endpoint else {}

    def _keys(self, edge: Edge, site: Site, *, undecided: bool = False) -> dict[str, str]:
        given = {**edge.keys, **(edge.undecided if undecided else {})}
        if edge.via:
            given["kms:ViaService"] = f"{edge.via}.{{region}}.amazonaws.com"
            given["kms:CallerAccount"] = "{account}"
        found = {key: self._sites.paths.texts(form, site.scope) for key, form in given.items()}
        return {key: values[0] for key, values in found.items() if values}

    def _request(self, edge: Edge, site: Site, request: Request) -> None:
        policy = self._policies.of(request.resource)
        if policy is None and self._policies.decide_elsewhere(request):
            self._answers.unknown[f"{edge.kind}: no {request.resource} in the templates"] += 1
            return
        decision = allowed(Request(request.action, request.resource, request.caller, request.keys, policy))
        if decision.allowed:
            return
        if self._depends_on_an_unknown_vpc(request, policy):
            self._answers.unknown[f"{edge.kind}: {decision.why}, but the VPC is not in the templates"] += 1
        elif not decision.known:
            self._answers.unknown[f"{edge.kind}: {decision.why}, but some are not in the templates"] += 1
        else:
            self._refused(edge, site, request, policy, decision)

    def _depends_on_an_unknown_vpc(self, request: Request, policy: Document | None) -> bool:
        inside = isinstance(request.caller, Identity) and self._endpoints.get(request.caller.arn, {}) is None
        return inside and _SOURCE_VPC in json.dumps(policy)

    def _refused(
        self, edge: Edge, site: Site, request: Request, policy: Document | None, decision: Decision
    ) -> None:
        severity = edge.confidence
        more = {**request.keys, **self._keys(edge, site, undecided=True)}
        if edge.undecided:
            again = Request(request.action, request.resource, request.caller, more, policy)
            severity = "warning" if allowed(again).allowed else severity
        who = request.caller if isinstance(request.caller, str) else request.caller.arn
        asked = {"principal": who, "action": request.action, "resource": request.resource}
        self._tell(edge, site, {**asked, "keys": dict(request.keys)}, decision.why, severity=severity)

    def _order(self, edge: Edge, site: Site, caller: Identity | str, resources: list[str]) -> None:
        """See that the policies which allow it are there when the resource is made."""
        if isinstance(caller, str):
            holders = [each for arn in resources for each in self._policies.holders(arn)]
        else:
            role = self._sites.roles.get(caller.arn)
            holders = list(role.grants) if role else []
        for holder in holders:
            self._see_that_is_there(edge, site, holder)

    def _see_that_is_there(self, edge: Edge, site: Site, earlier: Resource) -> None:
        if earlier is not site.resource and not self._is_there(earlier, site.resource):
            why = f"nothing says that {earlier} is there first"
            self._tell(edge, site, {"order": str(earlier)}, why)

    def _is_there(self, earlier: Resource, later: Resource) -> bool:
        """Whether one is made before the other; true where nothing tells the order of stacks."""
        apart = earlier.stack is not later.stack
        unordered = not any(stack.needs for stack in self._assembly.stacks)
        return (apart and unordered) or self._assembly.comes_after(later, earlier)

    def _tell(
        self, edge: Edge, site: Site, asked: Mapping[str, Any], why: str, *, severity: str = ""
    ) -> None:
        self._answers.findings.append(
            Finding(
                severity=severity or edge.confidence,
                where=str(site.resource),
                edge=edge.id,
                kind=edge.kind,
                asked=asked,
                why=why,
                breaks=edge.breaks,
                fix=edge.fix,
                page=edge.page,
            )
        )


def _identity(finding: Finding) -> str:
    return repr((finding.where, finding.edge, sorted(map(str, finding.asked.items())), finding.why))
