"""The API of AWS DMS Serverless: replication configurations, their replications, and tags."""

import copy
import json
from collections.abc import Iterable
from functools import partial
from typing import Any, ClassVar

from ministack.core.concurrency import spawn_background

from local.features.dms import engine
from local.features.dms.endpoints import Endpoints
from local.features.dms.resource_types import TYPES
from local.features.dms.state import (
    Json,
    Replication,
    State,
    existing,
    new_arn,
    now,
    page,
    refuse_twin,
)
from local.services.service import Fault, Request, operation

_IDLE = ("created", "stopped", "failed")
_STARTS = (engine.START, engine.RESUME, engine.RELOAD)
_POSITIONS = ("CdcStartTime", "CdcStartPosition", "CdcStopPosition", "PremigrationAssessmentSettings")
_FILTERS = {
    "replication-config-arn": "ReplicationConfigArn",
    "replication-config-id": "ReplicationConfigIdentifier",
}


def _tagged(request: Request) -> Iterable[str]:
    return [*request.get("ResourceArnList", []), *filter(None, [request.get("ResourceArn")])]


class Dms(Endpoints):
    """AWS Database Migration Service, without replication instances and tasks."""

    model = "dms"
    common_errors = frozenset({"InvalidParameterValueException", "InvalidParameterCombinationException"})
    resource_types: ClassVar = TYPES

    def new_state(self) -> State:
        """Nothing."""
        return State()

    @operation()
    def create_replication_config(self, request: Request) -> dict[str, Any]:
        """Create a replication, which does not run yet."""
        name = request["ReplicationConfigIdentifier"]
        refuse_twin(self.state.configs.values(), "ReplicationConfigIdentifier", name)
        self._check(request)
        created = new_arn("replication-config", request)
        settings = {key: value for key, value in request.items() if key not in ("Tags", "ResourceIdentifier")}
        times = {"ReplicationConfigCreateTime": now(), "ReplicationConfigUpdateTime": now()}
        config = {**settings, "ReplicationConfigArn": created, "IsReadOnly": False, **times}
        self.state.configs[created] = config
        created_at = {"ReplicationCreateTime": now(), "ReplicationUpdateTime": now()}
        self.state.replications[created] = Replication(times=created_at)
        self.state.tag(created, request)
        return {"ReplicationConfig": config}

    @operation()
    def modify_replication_config(self, request: Request) -> dict[str, Any]:
        """Change a replication that has not run, or failed; after it ran, AWS changes none."""
        config, replication = self._replication(request)
        _demand(replication, "modified", "created", "failed")
        self._check({**config, **request})
        config.update(request, ReplicationConfigUpdateTime=now())
        return {"ReplicationConfig": config}

    @operation()
    def delete_replication_config(self, request: Request) -> dict[str, Any]:
        """Delete a replication that does not run."""
        config, replication = self._replication(request)
        _demand(replication, "deleted", *_IDLE)
        del self.state.configs[config["ReplicationConfigArn"]]
        del self.state.replications[config["ReplicationConfigArn"]]
        return {"ReplicationConfig": config}

    @operation()
    def describe_replication_configs(self, request: Request) -> dict[str, Any]:
        """List the configurations of replications."""
        return page(self.state.configs.values(), request, _FILTERS, "ReplicationConfigs")

    @operation()
    def describe_replications(self, request: Request) -> dict[str, Any]:
        """List replications with what they do."""
        told = (_told(config, self.state.replications[name]) for name, config in self.state.configs.items())
        return page(told, request, _FILTERS, "Replications")

    @operation()
    def start_replication(self, request: Request) -> dict[str, Any]:
        """Start a replication; it runs in a thread of its own."""
        config, replication = self._replication(request)
        kind = request["StartReplicationType"]
        _check_start(request, replication, config["ReplicationType"])
        _demand(replication, "started", *_IDLE)
        replication.status, replication.start_type = "initializing", kind
        replication.stop_reason, replication.failures = "", []
        replication.stop.clear()
        source = existing(self.state.endpoints, config["SourceEndpointArn"])
        target = existing(self.state.endpoints, config["TargetEndpointArn"])
        as_it_is = copy.deepcopy((config, source, target))
        run = engine.Run(*as_it_is, partial(engine.locked, self.lock, replication))
        spawn_background(run.run, kind, thread_name="dms-replication")
        return {"Replication": _told(config, replication)}

    @operation()
    def stop_replication(self, request: Request) -> dict[str, Any]:
        """Tell a replication that runs to stop."""
        config, replication = self._replication(request)
        if replication.status in _IDLE or replication.stop.is_set():
            raise Fault(
                "InvalidResourceStateFault", f"the replication does not run: it is {replication.status}"
            )
        replication.status = "stopping"
        replication.stop.set()
        return {"Replication": _told(config, replication)}

    @operation()
    def add_tags_to_resource(self, request: Request) -> dict[str, Any]:
        """Add tags."""
        tags = {tag["Key"]: tag["Value"] for tag in request["Tags"]}
        existing(self.state.tags, request["ResourceArn"]).update(tags)
        return {}

    @operation()
    def remove_tags_from_resource(self, request: Request) -> dict[str, Any]:
        """Remove tags."""
        tags = existing(self.state.tags, request["ResourceArn"])
        for key in request["TagKeys"]:
            tags.pop(key, None)
        return {}

    @operation(_tagged)
    def list_tags_for_resource(self, request: Request) -> dict[str, Any]:
        """List tags of one or more resources."""
        arns = list(_tagged(request))
        tags = [(arn, existing(self.state.tags, arn)) for arn in arns]
        return {
            "TagList": [
                {"Key": key, "Value": value, "ResourceArn": arn}
                for arn, each in tags
                for key, value in each.items()
            ]
        }

    def _replication(self, request: Request) -> tuple[Json, Replication]:
        name = request["ReplicationConfigArn"]
        return existing(self.state.configs, name), self.state.replications[name]

    def _check(self, config: Request) -> None:
        """See that what a configuration names is there, and that its texts are JSON."""
        for end, kind in (("SourceEndpointArn", "source"), ("TargetEndpointArn", "target")):
            if existing(self.state.endpoints, config[end])["EndpointType"] != kind:
                raise Fault("InvalidParameterValueException", f"{config[end]} is no {kind} endpoint")
        group = config["ComputeConfig"].get("ReplicationSubnetGroupId")
        if group:
            existing(self.state.subnet_groups, group)
        for name in ("TableMappings", "ReplicationSettings", "SupplementalSettings"):
            try:
                json.loads(config.get(name) or "{}")
            except ValueError as error:
                raise Fault("InvalidParameterValueException", f"{name} is not JSON: {error}") from error


def _check_start(request: Request, replication: Replication, kind: str) -> None:
    start = request["StartReplicationType"]
    if start not in _STARTS:
        raise Fault("InvalidParameterValueException", f"{start} is none of {', '.join(_STARTS)}")
    if given := [name for name in _POSITIONS if request.get(name)]:
        raise Fault("InvalidParameterValueException", f"not emulated: {', '.join(given)}")
    first = not replication.start_type
    if first != (start == engine.START) and kind != "cdc":
        allowed = engine.START if first else f"{engine.RESUME} or {engine.RELOAD}"
        raise Fault("InvalidParameterCombinationException", f"{start}: this run of a {kind} can be {allowed}")
    if start == engine.RESUME and kind == "full-load":
        raise Fault(
            "InvalidParameterCombinationException", "a full load cannot be resumed: reload the target"
        )


def _demand(replication: Replication, verb: str, *statuses: str) -> None:
    if replication.status not in statuses:
        wanted = " or ".join(statuses)
        message = f"a replication that is {replication.status} cannot be {verb}, only one that is {wanted}"
        raise Fault("InvalidResourceStateFault", message)


def _told(config: Json, replication: Replication) -> Json:
    names = ("ReplicationConfigIdentifier", "ReplicationConfigArn", "SourceEndpointArn", "TargetEndpointArn")
    told = {
        **{name: config[name] for name in (*names, "ReplicationType")},
        "Status": replication.status,
        "StartReplicationType": replication.start_type,
        "StopReason": replication.stop_reason,
        "FailureMessages": replication.failures,
        "ReplicationStats": {"TablesLoaded": len(replication.loaded)},
        "IsReadOnly": False,
        **replication.times,
    }
    return {name: value for name, value in told.items() if value not in ("", [])}
