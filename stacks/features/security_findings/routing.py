"""Rules of EventBridge that tell of findings by their severity, and hand every one to the table."""

import json
from collections.abc import Mapping

from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from constructs import Construct

from stacks.components.access.statements import USE_KEY, allow, service_role
from stacks.components.monitoring.undelivered_events import undelivered_events_arn
from stacks.features.security_findings.settings import Channel, SecurityFindingsSettings
from stacks.features.security_findings.severity import Severity
from stacks.features.security_findings.sources import Source, sources
from stacks.lake_stack import LakeStack
from stacks.resources import FoundationResources

_EVENTS = "events.amazonaws.com"
_NOT_ASKED = "the laptop's topics do not encrypt"

_ENVELOPE = {"time": "$.time", "account": "$.account", "region": "$.region"}

_Rule = events.CfnRule


class Routing(Construct):
    """One rule for each source and severity, with the topic of that severity and the table as targets."""

    def __init__(
        self,
        scope: LakeStack,
        construct_id: str,
        *,
        section: SecurityFindingsSettings,
        foundation: FoundationResources,
        delivery_arn: str,
    ) -> None:
        """Build for what the settings use; `delivery_arn` is the Firehose of the table."""
        super().__init__(scope, construct_id)
        self._stack = scope
        self._section = section
        self._delivery_arn = delivery_arn
        self._topics = self._channels(foundation)
        self._role = self._make_role(foundation)
        for source in sources(section):
            for severity in source.matches:
                self._rule(source, severity)

    def _channels(self, foundation: FoundationResources) -> Mapping[Channel, str]:
        """ARNs of the topics, of those channels that some severity takes."""
        used = self._section.routing.used()
        found: dict[Channel, str] = {"page": foundation.alarm_topic.topic_arn} if "page" in used else {}
        if "mail" in used:
            topic = sns.Topic(
                self,
                "Topic",
                topic_name=self._stack.naming.resource("findings"),
                master_key=foundation.logs_key,
                enforce_ssl=True,
            )
            for index, email in enumerate(self._section.emails, start=1):
                sns.Subscription(
                    self,
                    f"Email{index}",
                    topic=topic,
                    endpoint=email,
                    protocol=sns.SubscriptionProtocol.EMAIL,
                )
            found["mail"] = topic.topic_arn
        return found

    def _make_role(self, foundation: FoundationResources) -> iam.Role:
        """The role as which EventBridge hands findings over.

        With one, neither topics nor their key are opened to the service, whose requests could be told from
        those of other accounts by nothing: it sends KMS no source. AWS recommends one for every target.
        https://aws.amazon.com/about-aws/whats-new/2025/03/amazon-eventbridge-iam-execution-role-all-targets/
        """
        role = service_role(self, "Role", _EVENTS, "Tells of security findings, and keeps them")
        allow(role, ["firehose:PutRecord", "firehose:PutRecordBatch"], [self._delivery_arn])
        if self._topics:
            allow(role, ["sns:Publish"], [*self._topics.values()])
            # https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
            allow(role, USE_KEY, [foundation.logs_key.key_arn], not_asked=_NOT_ASKED)
        return role

    def _rule(self, source: Source, severity: Severity) -> None:
        channel = self._section.routing.channel(severity)
        targets = [self._target("Table", self._delivery_arn, source, row(source, severity, channel))]
        if topic := self._topics.get(channel):
            targets.append(self._target("Topic", topic, source, notification(source, severity)))
        rule = _Rule(
            self,
            f"{source.name}_{severity}".title().replace("_", ""),
            name=self._stack.naming.resource("finding", source.name, severity),
            description=f"Findings of {source.title} that are {severity}",
            event_pattern=source.pattern(severity),
            targets=targets,
        )
        # Without its policy it could tell nobody, and what comes meanwhile would not be tried for long.
        rule.node.add_dependency(self._role)

    def _target(
        self, target_id: str, arn: str, source: Source, template: str
    ) -> events.CfnRule.TargetProperty:
        paths = {**_ENVELOPE, **source.fields}
        used = {name: path for name, path in paths.items() if f"<{name}>" in template}
        return _Rule.TargetProperty(
            id=target_id,
            arn=arn,
            role_arn=self._role.role_arn,
            input_transformer=_Rule.InputTransformerProperty(input_template=template, input_paths_map=used),
            dead_letter_config=_Rule.DeadLetterConfigProperty(arn=undelivered_events_arn(self._stack)),
        )


def notification(source: Source, severity: Severity) -> str:
    """Return the template of what people read: as mail, and in a chat, which shows nothing of another form.

    Values stand alone, never in a text: EventBridge writes them as JSON there, and escapes nothing in texts.
    Only the id and the region, which have no quotes, are part of one.
    https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
    """
    told = {
        "version": "1.0",
        "source": "custom",
        "content": {
            "textType": "client-markdown",
            "title": f"{severity.upper()} finding of {source.title}",
            "description": "<title>",
            "nextSteps": [f"Open {source.console}"],
        },
        "metadata": {
            "summary": "<description>",
            "relatedResources": ["<resource>"],
            "additionalContext": {
                "finding": "<id>",
                "type": "<type>",
                "account": "<account>",
                "region": "<region>",
                "time": "<time>",
            },
        },
    }
    return _template(told)


def row(source: Source, severity: Severity, channel: Channel) -> str:
    """Return the template of a row of the table; its members are the columns."""
    return _template(
        {
            "finding_id": "<id>",
            "found_at": "<time>",
            "source": source.name,
            "severity": severity.upper(),
            "told": channel,
            "finding_type": "<type>",
            "title": "<title>",
            "description": "<description>",
            "resource": "<resource>",
            "account": "<account>",
            "region": "<region>",
            "event": "<aws.events.event.json>",
        }
    )


def _template(document: object) -> str:
    """A template of JSON; a variable that is a whole value stands in it without quotes."""
    text = json.dumps(document)
    for name in (*_ENVELOPE, "id", "type", "title", "description", "resource", "aws.events.event.json"):
        text = text.replace(f'"<{name}>"', f"<{name}>")
    return text
