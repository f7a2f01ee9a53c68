"""What runs functions and pipelines: Lambda, Step Functions, schedules, and whoever polls a queue."""

from collections.abc import Iterator

from tools.assembly.assembly import Resource
from tools.lake.cost.charges import HOURS, NOTHING, Charge, Spread, always, total
from tools.lake.cost.services.watching import logs
from tools.lake.cost.subject import LAKE, Subject, runs_per_month

_TRANSFORM_GB = 1e-3
"""GB of records that Firehose hands to its function at once at most."""


_DEPLOYING = ("iceberg_tables.", "lake_formation.")
"""Handlers of functions that run while stacks are deployed, and never else."""


def function(resource: Resource, subject: Subject) -> Iterator[Charge]:
    """A function by calls and GB-seconds; what runs while stacks are deployed counts as nothing.

    https://aws.amazon.com/lambda/pricing/
    """
    owner, calls, seconds = _work(resource, subject)
    arm = resource.properties.get("Architectures") == ["arm64"]
    gb_seconds = seconds * (resource.properties.get("MemorySize", 128) / 1024)
    yield Charge("lambda_request", calls * 1e-6, owner)
    yield Charge("lambda_arm_gb_second" if arm else "lambda_gb_second", gb_seconds, owner)
    yield from logs(calls * subject.assumed("log_kb_per_call") * 1e-6, owner, subject)


def _work(resource: Resource, subject: Subject) -> tuple[str, Spread, Spread]:
    """Whose a function is, its calls in a month, and their seconds together."""
    naming = subject.settings.naming
    for domain in subject.lake.domains:
        if resource.name == naming.resource(domain, "silver"):
            return domain, *_silver(subject, domain)
        if resource.name == naming.resource(domain, "news"):
            calls = total(each for name, each in _objects(subject).items() if name.startswith(f"{domain}/"))
            return domain, calls, calls * subject.assumed("small_function_seconds")
    handler = str(resource.properties.get("Handler", ""))
    calls = NOTHING
    if handler.startswith("landing_router."):
        streamed = {each for name in _streams(subject) for each in subject.of_stream(name)}
        calls = total(each for name, each in _objects(subject).items() if name not in streamed)
    elif handler.startswith("stream_transform."):
        streamed = {each for name in _streams(subject) for each in subject.of_stream(name)}
        calls = total(subject.arrivals[each].gb for each in streamed) * (1 / _TRANSFORM_GB)
    elif not handler.startswith(_DEPLOYING):
        subject.strangers.add(resource.name)
    return LAKE, calls, calls * subject.assumed("small_function_seconds")


def _silver(subject: Subject, domain: str) -> tuple[Spread, Spread]:
    """Two calls of a pipeline tell what there is to do; one call works on one dataset."""
    looks = subject.looks(domain) * 2
    taken = [each for each in subject.lake.of_domain(domain) if each.ingestion and not subject.is_glues(each)]
    runs = total(subject.all_runs[each.id] for each in taken)
    mebibytes = total(subject.gb(each) for each in taken) * (1e9 / 2**20)
    speed = subject.assumed("function_mebibytes_per_second")
    reading = Spread(*(size / each for size, each in zip(mebibytes, speed, strict=True)))
    seconds = (looks * subject.assumed("look_seconds")).plus(runs * subject.assumed("function_seconds"))
    return looks.plus(runs), seconds.plus(reading)


def _objects(subject: Subject) -> dict[str, Spread]:
    return {name: each.objects for name, each in subject.arrivals.items()}


def _streams(subject: Subject) -> list[str]:
    return [each.name for each in subject.assembly.of("AWS::Kinesis::Stream")]


def _polled(arn: str, subject: Subject) -> Iterator[Charge]:
    price = "sqs_fifo_request" if arn.endswith(".fifo") else "sqs_request"
    yield Charge(price, subject.assumed("polls_per_hour") * HOURS * 1e-6, _domain(arn, subject))


def _domain(arn: str, subject: Subject) -> str:
    """The domain in the name of a resource; the lake where it is none's."""
    name = arn.rpartition(":")[2]
    starts = {subject.settings.naming.resource(each, ""): each for each in subject.lake.domains}
    return next((domain for start, domain in starts.items() if name.startswith(start)), LAKE)


def mapping(resource: Resource, subject: Subject) -> Iterator[Charge]:
    """A function that polls a queue.

    https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
    """
    arn = resource.properties["EventSourceArn"]
    if ":sqs:" in arn:
        yield from _polled(arn, subject)


def pipe(resource: Resource, subject: Subject) -> Iterator[Charge]:
    """A pipe that polls a queue.

    https://aws.amazon.com/eventbridge/pricing/
    """
    arn = resource.properties["Source"]
    domain = _domain(arn, subject)
    yield from _polled(arn, subject)
    if domain != LAKE:
        yield Charge("pipe_request", subject.looks(domain) * 1e-6, domain)


def state_machine(resource: Resource, subject: Subject) -> Iterator[Charge]:
    """A pipeline by the transitions of its states, and the metrics of the datasets that it works on.

    https://aws.amazon.com/step-functions/pricing/
    """
    for domain in subject.lake.domains:
        if resource.name != subject.settings.naming.resource(domain):
            continue
        looks = subject.looks(domain) * subject.assumed("idle_transitions")
        datasets = subject.lake.of_domain(domain)
        works = total(subject.all_runs[each.id] for each in datasets).at_most(subject.looks(domain))
        transitions = looks.plus(works * subject.assumed("run_transitions"))
        yield Charge("state_transition", transitions * 1e-3, domain)
        for each in datasets:
            share = (subject.all_runs[each.id] * (1 / HOURS)).at_most(always(1))
            yield Charge("cloudwatch_metric", subject.assumed("metrics_per_dataset") * share, each.id)
        return
    subject.strangers.add(resource.name)


def schedule(resource: Resource, subject: Subject) -> Iterator[Charge]:
    """A schedule."""
    runs = runs_per_month(resource.properties["ScheduleExpression"])
    yield Charge("schedule", always(runs * 1e-6), LAKE)


RULES = {
    "AWS::Lambda::EventSourceMapping": mapping,
    "AWS::Lambda::Function": function,
    "AWS::Pipes::Pipe": pipe,
    "AWS::Scheduler::Schedule": schedule,
    "AWS::StepFunctions::StateMachine": state_machine,
}
