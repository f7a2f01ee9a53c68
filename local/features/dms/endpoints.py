"""Subnet groups and endpoints of DMS.

Subnets and VPC are not looked up, and no database is asked.
"""

from collections.abc import Iterable
from typing import Any

from local.features.dms import target
from local.features.dms.state import State, arn, existing, new_arn, page, refuse_twin
from local.patches.iam import roles
from local.services.service import Fault, Request, Service, operation

ENDPOINT_ROLES = {
    "S3Settings.ServiceAccessRoleArn": target.PRINCIPAL,
    "ServiceAccessRoleArn": target.PRINCIPAL,
    "PostgreSQLSettings.SecretsManagerAccessRoleArn": "dms.{region}.amazonaws.com",
}
"""Roles that endpoints are given.

https://docs.aws.amazon.com/dms/latest/userguide/security_iam_secretsmanager.html"""

_GROUP = "arn:aws:dms:{region}:{account}:subgrp:{ReplicationSubnetGroupIdentifier}"
_VPC_ROLE = "dms-vpc-role"
_AVAILABILITY_ZONES = 2


def _created(request: Request) -> Iterable[str]:
    """The endpoint to be, and its certificate."""
    certificate = request.get("CertificateArn")
    name = arn("endpoint", request.get("ResourceIdentifier") or "*")
    return [name, *([certificate] if certificate else [])]


def _modified(request: Request) -> Iterable[str]:
    certificate = request.get("CertificateArn")
    return [request.get("EndpointArn", ""), *([certificate] if certificate else [])]


class Endpoints(Service[State]):
    """Where replications read and write, and from which network."""

    @operation(_GROUP)
    def create_replication_subnet_group(self, request: Request) -> dict[str, Any]:
        """Create a subnet group; as on AWS, the role `dms-vpc-role` must be there."""
        name = request["ReplicationSubnetGroupIdentifier"].lower()
        try:
            roles.assume(_VPC_ROLE, target.PRINCIPAL, "dms")
        except roles.RoleError as error:
            message = f"The IAM Role {_VPC_ROLE} is not configured properly: {error}"
            raise Fault("AccessDeniedFault", message) from error
        refuse_twin(self.state.subnet_groups.values(), "ReplicationSubnetGroupIdentifier", name)
        group = {
            "ReplicationSubnetGroupIdentifier": name,
            "ReplicationSubnetGroupDescription": request["ReplicationSubnetGroupDescription"],
            "SubnetGroupStatus": "Complete",
            "Subnets": _subnets(request),
            "IsReadOnly": False,
        }
        self.state.subnet_groups[name] = group
        self.state.tag(arn("subgrp", name), request)
        return {"ReplicationSubnetGroup": group}

    @operation(_GROUP)
    def modify_replication_subnet_group(self, request: Request) -> dict[str, Any]:
        """Give a subnet group other subnets."""
        group = existing(self.state.subnet_groups, request["ReplicationSubnetGroupIdentifier"])
        group["Subnets"] = _subnets(request)
        if "ReplicationSubnetGroupDescription" in request:
            group["ReplicationSubnetGroupDescription"] = request["ReplicationSubnetGroupDescription"]
        return {"ReplicationSubnetGroup": group}

    @operation(_GROUP)
    def delete_replication_subnet_group(self, request: Request) -> dict[str, Any]:
        """Delete a subnet group that no replication uses."""
        name = request["ReplicationSubnetGroupIdentifier"]
        existing(self.state.subnet_groups, name)
        used = {each["ComputeConfig"].get("ReplicationSubnetGroupId") for each in self.state.configs.values()}
        if name in used:
            raise Fault("InvalidResourceStateFault", f"{name} is used by a replication config")
        del self.state.subnet_groups[name]
        return {}

    @operation()
    def describe_replication_subnet_groups(self, request: Request) -> dict[str, Any]:
        """List subnet groups."""
        filters = {"replication-subnet-group-id": "ReplicationSubnetGroupIdentifier"}
        return page(self.state.subnet_groups.values(), request, filters, "ReplicationSubnetGroups")

    @operation(_created, passes_roles=ENDPOINT_ROLES)
    def create_endpoint(self, request: Request) -> dict[str, Any]:
        """Create an endpoint; DMS tries its role."""
        name = request["EndpointIdentifier"].lower()
        refuse_twin(self.state.endpoints.values(), "EndpointIdentifier", name)
        settings = {key: value for key, value in request.items() if key not in _NOT_TOLD}
        _try_role(settings)
        created = new_arn("endpoint", request)
        endpoint = {
            "SslMode": "none",
            **settings,
            "EndpointIdentifier": name,
            "EndpointArn": created,
            "Status": "active",
            "IsReadOnly": False,
        }
        self.state.endpoints[created] = endpoint
        self.state.tag(created, request)
        return {"Endpoint": endpoint}

    @operation(_modified, passes_roles=ENDPOINT_ROLES)
    def modify_endpoint(self, request: Request) -> dict[str, Any]:
        """Change an endpoint; groups of settings are completed, or replaced by `ExactSettings`."""
        endpoint = existing(self.state.endpoints, request["EndpointArn"])
        given = {key: value for key, value in request.items() if key not in {"EndpointArn", *_NOT_TOLD}}
        if not request.get("ExactSettings"):
            groups = {key: value for key, value in given.items() if isinstance(value, dict)}
            given |= {key: {**endpoint.get(key, {}), **value} for key, value in groups.items()}
        _try_role(given)
        endpoint.update(given)
        return {"Endpoint": endpoint}

    @operation()
    def delete_endpoint(self, request: Request) -> dict[str, Any]:
        """Delete an endpoint that no replication uses."""
        name = request["EndpointArn"]
        endpoint = existing(self.state.endpoints, name)
        configs = self.state.configs.values()
        if any(name in (each["SourceEndpointArn"], each["TargetEndpointArn"]) for each in configs):
            raise Fault("InvalidResourceStateFault", f"{name} is used by a replication config")
        del self.state.endpoints[name]
        return {"Endpoint": {**endpoint, "Status": "deleting"}}

    @operation()
    def describe_endpoints(self, request: Request) -> dict[str, Any]:
        """List endpoints."""
        filters = {
            "endpoint-arn": "EndpointArn",
            "endpoint-type": "EndpointType",
            "endpoint-id": "EndpointIdentifier",
            "engine-name": "EngineName",
        }
        return page(self.state.endpoints.values(), request, filters, "Endpoints")


_NOT_TOLD = {"Password", "Tags", "ResourceIdentifier", "ExactSettings"}


def _subnets(request: Request) -> list[dict[str, str]]:
    if len(set(request["SubnetIds"])) < _AVAILABILITY_ZONES:
        raise Fault(
            "ReplicationSubnetGroupDoesNotCoverEnoughAZs",
            "a replication subnet group needs subnets of two availability zones",
        )
    return [{"SubnetIdentifier": name, "SubnetStatus": "Active"} for name in request["SubnetIds"]]


def _try_role(settings: dict[str, Any]) -> None:
    role = settings.get("S3Settings", {}).get("ServiceAccessRoleArn")
    if not role:
        return
    try:
        roles.assume(role, target.PRINCIPAL, "dms")
    except roles.RoleError as error:
        raise Fault("AccessDeniedFault", str(error)) from error
