"""Alarms are evaluated as CloudWatch documents it, each minute, and CloudFormation makes all kinds of them.

ministack 1.5.33 takes the data of all dimensions of a metric together, sees one period, and neither missing
data, M out of N, bands nor queries; it judges whenever somebody puts data, refuses templates with `Metrics`,
and has no composite alarms for CloudFormation. `local.alarms` decides in its place:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html

An alarm that asks for what is not emulated is refused by the name of that. Not emulated: actions other than
SNS, whether the topic's policy and key let CloudWatch publish, events to EventBridge.

Proven by `tests/local/patches/cloudwatch/test_alarms.py`.
"""

import json
import logging
import threading
import time
from collections.abc import Iterable, Mapping
from typing import Any

from botocore.loaders import create_loader
from ministack.core.responses import get_account_id, get_region, new_uuid, set_request_account_id
from ministack.core.responses import set_request_region as set_region
from ministack.services import cloudwatch, sns
from ministack.services.cloudformation import provisioners

from local.alarms.alarm import CompositeAlarm, MetricAlarm
from local.alarms.datapoints import State
from local.alarms.engine import Change, Engine, Standing
from local.alarms.messages import message, subject
from local.alarms.metrics import UnsupportedError
from local.emulator import control
from local.patches.cloudwatch.services import measure_queues
from local.patches.cloudwatch.store import EmulatorStore

_EVERY_SECONDS = 60
_KINDS = ("Metrics", "ThresholdMetricId", "EvaluateLowSampleCountPercentile")
"""Properties that the emulator drops."""

_original_put = cloudwatch._put_metric_alarm
_original_composite = cloudwatch._put_composite_alarm
_original_record = provisioners._cw_metric_alarm_record
_standings: dict[tuple[str, str], dict[str, Standing]] = {}
_lock = threading.RLock()
_log = logging.getLogger(__name__)


def apply() -> None:
    """Replace what evaluates, tells and makes alarms."""
    cloudwatch._evaluate_alarm = lambda _alarm: None
    cloudwatch._evaluate_all_alarms = lambda: None
    cloudwatch._evaluate_parent_alarms = _compose
    cloudwatch._dispatch_alarm_actions = _dispatch
    cloudwatch._put_metric_alarm = _put_metric_alarm
    cloudwatch._put_composite_alarm = _put_composite_alarm
    provisioners._cw_metric_alarm_record = _record
    provisioners._RESOURCE_HANDLERS["AWS::CloudWatch::CompositeAlarm"] = {
        "create": _create_composite,
        "update": _update_composite,
        "update_with_logical_id": True,
        "delete": _delete_composite,
    }
    control.ACTIONS["POST", "/_lake/alarms/evaluate"] = _evaluate_everywhere
    threading.Thread(target=_work, daemon=True, name="alarms").start()


def _work() -> None:
    while True:
        time.sleep(_EVERY_SECONDS)
        try:
            _evaluate_everywhere()
        except Exception:
            _log.exception("alarms were not evaluated")


def _evaluate_everywhere() -> list[dict[str, Any]]:
    """Evaluate every alarm of every account and region, and return what changed.

    What waits in queues is told first, as SQS tells it each minute.
    """
    measure_queues()
    found = []
    for account, region in sorted({key[:2] for key in list(cloudwatch._alarms._data)}):
        set_request_account_id(account)
        set_region(region)
        found += [
            {
                "alarm": change.alarm.name,
                "old": change.old,
                "new": change.new,
                "contributor": dict(change.contributor),
            }
            for change in _evaluate(cloudwatch._alarms.values())
        ]
    return found


def _compose(_child: Mapping[str, Any], _seen: frozenset[str] = frozenset()) -> None:
    """Have composite alarms follow what somebody set by hand."""
    _evaluate(())


def _evaluate(records: Iterable[dict[str, Any]]) -> list[Change]:
    """Evaluate alarms, and all composite ones, of the account and region of this request."""
    with _lock:
        composites = cloudwatch._composite_alarms.values()
        engine = Engine(EmulatorStore(), _standings.setdefault((get_account_id(), get_region()), {}))
        for record in [*cloudwatch._alarms.values(), *composites]:
            standing = engine.standings.setdefault(record["AlarmName"], Standing())
            standing.state = State(record["StateValue"])
            standing.since = float(record["StateUpdatedTimestamp"])
        changes = engine.evaluate(
            [MetricAlarm.of(record) for record in records],
            [CompositeAlarm.of(record) for record in composites],
            time.time(),
        )
        for change in changes:
            _tell(change)
        return changes


def _tell(change: Change) -> None:
    """Note a change in the emulator, and do what its alarm does then."""
    name = change.alarm.name
    record = cloudwatch._alarms.get(name) or cloudwatch._composite_alarms[name]
    if not change.contributor:
        record["StateValue"], record["StateReason"] = str(change.new), change.reason
        record["StateUpdatedTimestamp"] = record["StateTransitionedTimestamp"] = int(change.time)
        kind = "MetricAlarm" if isinstance(change.alarm, MetricAlarm) else "CompositeAlarm"
        cloudwatch._record_history(name, str(change.old), str(change.new), change.reason, kind)
    _publish(change)


def _publish(change: Change) -> None:
    region, account = get_region(), get_account_id()
    prefix = f"arn:aws:cloudwatch:{region}:{account}:alarm:"
    text = message(change, account=account, region=_spoken(region), prefix=prefix)
    for action in change.actions:
        if cloudwatch._is_sns_action_arn(action):
            sns._fanout(action, new_uuid(), text, subject(change, _spoken(region)))


def _spoken(region: str) -> str:
    """Name of a region for people."""
    partition = create_loader().load_data("endpoints")["partitions"][0]
    return str(partition["regions"][region]["description"])


def _dispatch(record: dict[str, Any], old: str, new: str, reason: str) -> None:
    """Do what an alarm does whose state somebody set, or that was just made."""
    alarm = CompositeAlarm.of(record) if "AlarmRule" in record else MetricAlarm.of(record)
    _publish(Change(alarm, State(old), State(new), reason, time.time()))


def _put_metric_alarm(params: Any, body: Any, is_cbor: bool, is_json: bool = False) -> Any:
    if not (is_cbor or is_json):
        return _original_put(params, body, is_cbor, is_json)
    try:
        MetricAlarm.of(body)
    except UnsupportedError as error:
        return cloudwatch._error("ValidationError", str(error), 400, use_json=is_json, use_cbor=is_cbor)
    answer = _original_put(params, body, is_cbor, is_json)
    if record := cloudwatch._alarms.get(body["AlarmName"]):
        record.update({name: body[name] for name in _KINDS if body.get(name) is not None})
    return answer


def _put_composite_alarm(params: Any, body: Any, is_cbor: bool, is_json: bool = False) -> Any:
    try:
        if is_cbor or is_json:
            CompositeAlarm.of(body)
    except UnsupportedError as error:
        return cloudwatch._error("ValidationError", str(error), 400, use_json=is_json, use_cbor=is_cbor)
    return _original_composite(params, body, is_cbor, is_json)


def _record(name: str, properties: dict[str, Any]) -> dict[str, Any]:
    """The record of an alarm of a template; one with `Metrics` has no metric of its own."""
    MetricAlarm.of({**properties, "AlarmName": name})
    if not properties.get("Metrics"):
        found: dict[str, Any] = _original_record(name, properties)
        return found
    plain = {key: value for key, value in properties.items() if key != "Metrics"}
    record = _original_record(name, {"MetricName": "-", "Namespace": "-", "Threshold": 0, **plain})
    for each in ("MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Period", "Dimensions"):
        record.pop(each)
    if properties.get("Threshold") is None:
        record.pop("Threshold")
    return {**record, **{each: properties[each] for each in _KINDS if each in properties}}


def _create_composite(logical_id: str, properties: dict[str, Any], stack: str) -> tuple[str, dict[str, Any]]:
    name = properties.get("AlarmName") or provisioners._physical_name(stack, logical_id, max_len=255)
    body = {key: value for key, value in properties.items() if key != "Tags"}
    status, _, answer = cloudwatch._put_composite_alarm({}, {**body, "AlarmName": name}, False, True)
    if status >= 400:  # noqa: PLR2004 (of HTTP)
        raise ValueError(json.loads(answer)["message"])
    return name, {"Arn": cloudwatch._composite_alarms[name]["AlarmArn"]}


def _update_composite(
    _identifier: str, _old: dict[str, Any], new: dict[str, Any], stack: str, logical_id: str
) -> tuple[str, dict[str, Any]]:
    """Rewrite an alarm; one of another name is another, which the emulator takes for a replacement."""
    return _create_composite(logical_id, new, stack)


def _delete_composite(identifier: str, _properties: dict[str, Any]) -> None:
    cloudwatch._delete_alarms({}, {"AlarmNames": [identifier]}, False, True)
