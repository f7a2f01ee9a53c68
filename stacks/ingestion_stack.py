"""What datasets share on their way in: the router of files, shared streams, and what prepares records."""

from collections.abc import Iterable, Mapping

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3_assets as s3_assets
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from config.settings import Settings
from lakehouse.layout.paths import OBJECT_CREATED, UNROUTED
from lakehouse.layout.routes import routes
from lakehouse.layout.streams import shared_streams, transform_routes
from lakehouse.model.dataset import Lake, Layer
from stacks.components.access.statements import MISSING_OBJECT, USE_KEY
from stacks.components.functions.python_function import PythonFunction
from stacks.components.monitoring.landing_alarms import ROUTER_MINUTES, landing_alarms
from stacks.components.monitoring.paging import page_once
from stacks.components.monitoring.undelivered_events import UndeliveredEvents, take_events
from stacks.components.streaming.shared_stream import SharedStream
from stacks.components.streaming.stream_transform import StreamTransform
from stacks.features.builder import FeatureBuilder
from stacks.lake_stack import LakeStack
from stacks.resources import FoundationResources, IngestionResources


class IngestionStack(LakeStack):
    """Landing bucket event → EventBridge → SQS → router; what fails repeatedly waits in a second queue."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        foundation: FoundationResources,
        lake: Lake,
        features: Iterable[FeatureBuilder],
    ) -> None:
        """Build the router for files of the lake, its shared streams, and what features share."""
        super().__init__(scope, construct_id, settings=settings, description="Landing router and its queues")
        dead_letters = self._queue("DeadLetters", "landing-dead-letters", None)
        queue = self._queue("Landing", "landing", dead_letters)
        self._rule(queue, dead_letters)
        UndeliveredEvents(self, "UndeliveredEvents", alarm_topic=foundation.alarm_topic)
        router = self._router(foundation, self._routes(routes(lake)))
        self._read(router, queue)
        transform = StreamTransform(
            self,
            "StreamTransform",
            routes=transform_routes(lake, self.naming),
            logs_key=foundation.logs_key,
        ).function
        self._shared_streams(lake, foundation, transform)
        self.resources = IngestionResources(
            router=router.function,
            stream_transform=transform,
            queue_name=self.naming.resource("landing"),
            dead_letter_queue_name=self.naming.resource("landing-dead-letters"),
        )
        landing_alarms(self, self.resources, foundation.alarm_topic)
        for feature in features:
            feature.share(self, lake)
        page_once(self, "arrival-alarms", "what all domains share on the way in", foundation.alarm_topic)

    def _shared_streams(
        self, lake: Lake, foundation: FoundationResources, transform: lambda_.IFunction
    ) -> None:
        scope = Construct(self, "Streams")  # apart, so that no stream has the name of another construct
        for stream, datasets in shared_streams(lake).items():
            SharedStream(
                scope,
                stream.title().replace("-", "_"),
                stack=self,
                stream=stream,
                datasets=datasets,
                foundation=foundation,
                transform=transform,
            )

    def _queue(self, construct_id: str, name: str, dead_letters: sqs.Queue | None) -> sqs.Queue:
        return sqs.Queue(
            self,
            construct_id,
            queue_name=self.naming.resource(name),
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=cdk.Duration.days(14),
            # Six times the function's timeout: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
            visibility_timeout=cdk.Duration.minutes(6 * ROUTER_MINUTES),
            dead_letter_queue=(
                sqs.DeadLetterQueue(queue=dead_letters, max_receive_count=5) if dead_letters else None
            ),
        )

    def _rule(self, queue: sqs.Queue, dead_letters: sqs.Queue) -> None:
        rule = events.CfnRule(
            self,
            "ObjectCreated",
            name=self.naming.resource("landing"),
            description="Tells the router of every file that lands",
            event_pattern={
                "source": ["aws.s3"],
                "detail-type": [OBJECT_CREATED],
                "detail": {"bucket": {"name": [self.naming.bucket("landing")]}},
            },
            targets=[
                events.CfnRule.TargetProperty(
                    arn=queue.queue_arn,
                    id="Landing",
                    # Among the events that the router refused, from where the same command brings it back.
                    dead_letter_config=events.CfnRule.DeadLetterConfigProperty(arn=dead_letters.queue_arn),
                )
            ],
        )
        for each in (queue, dead_letters):
            take_events(each, rule.attr_arn)

    def _read(self, router: PythonFunction, queue: sqs.Queue) -> None:
        router.function.add_event_source_mapping(
            "Queue",
            event_source_arn=queue.queue_arn,
            batch_size=1,  # or a small file waits for the huge one beside it, and again if that times out
            max_concurrency=self.settings.landing.concurrency,
            report_batch_item_failures=True,
        )
        router.allow(
            ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes",
             "sqs:ChangeMessageVisibility"],
            [queue.queue_arn],
            not_asked="Lambda polls the queue under the function's role; the laptop polls under none",
        )  # fmt: skip

    def _routes(self, routes: Mapping[str, object]) -> s3_assets.Asset:
        return s3_assets.Asset(self, "Routes", path=str(self.compiled("routes", routes)))

    def _router(self, foundation: FoundationResources, routes: s3_assets.Asset) -> PythonFunction:
        component = PythonFunction(
            self,
            "LandingRouter",
            package="landing_router",
            description="Moves each dropped file once, into the bronze partition of its hour",
            environment={
                "ROUTES_BUCKET": routes.s3_bucket_name,
                "ROUTES_KEY": routes.s3_object_key,
                "BRONZE_BUCKET": self.naming.bucket("bronze"),
                "QUARANTINE_BUCKET": self.naming.bucket("quarantine"),
            },
            timeout=cdk.Duration.minutes(ROUTER_MINUTES),
            memory_mebibytes=512,
            logs_key=foundation.logs_key,
        )
        component.read_asset(routes)
        moved = "files arrive under names that their senders choose"
        unrouted = "a file goes to quarantine where it has no route, and comes from there when it has one"
        component.allow(
            ["s3:GetObject", "s3:GetObjectVersion", "s3:DeleteObjectVersion"],
            [self.arns.objects("landing", ""), self.arns.objects("quarantine", UNROUTED)],
            why_wildcard=moved,
            asked_when=unrouted,
        )
        component.allow(
            ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload"],
            [self.arns.objects("bronze", ""), self.arns.objects("quarantine", UNROUTED)],
            why_wildcard=moved,
            asked_when=unrouted,
        )
        component.allow(["s3:ListBucket"], [self.arns.bucket("bronze")])
        component.allow(["s3:ListBucket"], [self.arns.bucket("quarantine")], asked_when=unrouted)
        component.allow(["s3:ListBucket"], [self.arns.bucket("landing")], not_asked=MISSING_OBJECT)
        component.allow(
            list(USE_KEY),
            [foundation.keys[layer].key_arn for layer in (Layer.BRONZE, Layer.QUARANTINE)],
            asked_when=unrouted,
        )
        return component
