"""The function beside the silver job: what it may do, what it runs, and who invokes it."""

import dataclasses
import importlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from config.faults import InvalidInputError
from config.load import PROJECT_ROOT
from lakehouse.model.dataset import Layer
from lakehouse.placement.parts import sources, stack_id
from stacks.components.functions import native_layer
from tests.fixtures.environments import LIVE
from tools.access.matrix import Matrix
from tools.assembly.assembly import Assembly, Resource
from tools.assembly.policies import Role
from tools.package.layer import layer_of
from tools.package.targets import TARGETS
from tools.preflight.run import look

ADDED = r"(Grants)?SilverFunction|NativeLayer|FreshNews|NewsDispatcher|Runtime"
_switched_on = LIVE.settings.processing.function
assert _switched_on is not None
FUNCTION = _switched_on
OFF = dataclasses.replace(LIVE, processing=(("function", None),))
DOMAINS = sorted({dataset.domain for dataset in LIVE.lake.datasets if dataset.ingestion})


@pytest.fixture(scope="module")
def assembly(assemble: Callable[..., Path]) -> Assembly:
    return Assembly.of_folder(assemble(LIVE))


def functions(assembly: Assembly) -> dict[str, Resource]:
    """The functions of silver by their names."""
    found = assembly.of("AWS::Lambda::Function")
    return {each.name: each for each in found if each.properties["Handler"].startswith("functions.")}


def test_every_domain_with_bronze_has_a_function_and_nothing_of_it_is_there_when_it_is_off(
    assembly: Assembly, synthesize: Callable[..., Any]
) -> None:
    assert sorted(functions(assembly)) == [LIVE.naming.resource(domain, "silver") for domain in DOMAINS]
    off, on = synthesize(OFF), synthesize(LIVE)
    assert off.keys() == on.keys()
    for stack, template in off.items():
        more = on[stack]["Resources"].keys() - template["Resources"].keys()
        assert template["Resources"].keys() <= on[stack]["Resources"].keys()
        assert [each for each in more if not re.match(ADDED, each)] == []


def test_function_is_as_the_settings_say(assembly: Assembly) -> None:
    for function in functions(assembly).values():
        properties = function.properties
        assert (properties["Runtime"], properties["Architectures"]) == ("python3.14", ["arm64"])
        assert properties["MemorySize"] == FUNCTION.memory_mebibytes
        assert properties["Timeout"] == FUNCTION.timeout_seconds
        assert properties["EphemeralStorage"] == {"Size": FUNCTION.storage_mebibytes}
        assert properties["Environment"]["Variables"]["MAX_MEBIBYTES"] == str(FUNCTION.max_mebibytes)


def test_function_is_told_what_its_code_reads_and_runs_a_handler_that_exists(assembly: Assembly) -> None:
    for function in functions(assembly).values():
        module, name = function.properties["Handler"].rsplit(".", 1)
        assert callable(getattr(importlib.import_module(module), name))
        settings = importlib.import_module("functions.settings").Settings
        wanted = {field.name.upper() for field in dataclasses.fields(settings)}
        assert set(function.properties["Environment"]["Variables"]) == wanted


def test_code_holds_no_job_and_the_package_of_jobs_no_function(assemble: Callable[..., Path]) -> None:
    folders = {
        frozenset(path.name for path in folder.iterdir()) for folder in assemble(LIVE).glob("asset.*/")
    }
    assert {"functions", "lakehouse_etl"} in folders
    assert {"lakehouse_etl"} in folders
    assert {name for each in folders for name in each} & {"jobs"} == set()


def test_role_does_with_every_table_what_the_role_of_the_job_does_and_sees_products_and_their_inputs(
    assembly: Assembly,
) -> None:
    """Which products are due is told by snapshots, so it reads no rows of these tables."""
    matrix = Matrix(assembly)
    assert any(_databases_of_products(domain) for domain in DOMAINS)
    for domain in DOMAINS:
        stack = stack_id(domain, 1)
        of_job, of_function = (_role(matrix, stack, kind) for kind in ("BronzeToSilver", "SilverFunction"))
        reached = [dataclasses.replace(matrix.reach(of_job, table), role="") for table in matrix.tables]
        assert any(reach.changes for reach in reached)
        seen = _databases_of_products(domain)
        assert [
            dataclasses.replace(matrix.reach(of_function, table), role="") for table in matrix.tables
        ] == [
            dataclasses.replace(reach, describes=reach.describes or table.database in seen)
            for reach, table in zip(reached, matrix.tables, strict=True)
        ]


def _databases_of_products(domain: str) -> set[str]:
    """The databases of a domain's products, and of what these are made of."""
    if not any(dataset.sql for dataset in LIVE.lake.of_domain(domain)):
        return set()
    of_lake = {(Layer.GOLD, domain), *sources(LIVE.lake, domain)}
    return {LIVE.naming.database(layer, name) for layer, name in of_lake}


def _role(matrix: Matrix, stack: str, kind: str) -> Role:
    [found] = [
        role
        for role in matrix.roles
        if role.resource.stack.id == stack and role.resource.id.startswith(f"{kind}Role")
    ]
    return found


def test_keys_of_masking_are_read_where_the_job_reads_them(synthesize: Callable[..., Any]) -> None:
    for stack, template in synthesize(LIVE).items():
        readers = {
            logical_id.partition("Role")[0]
            for logical_id, resource in template["Resources"].items()
            if resource["Type"] == "AWS::IAM::Policy" and "secretsmanager:GetSecretValue" in str(resource)
        }
        allowed = [set(), {"BronzeToSilver", "SilverFunction"}]
        assert readers in ([{"Detokenizer", "Eraser"}] if stack == "Governance" else allowed), stack


def test_pipeline_invokes_the_function_of_its_own_domain_alone(assembly: Assembly) -> None:
    machines = {each.name: each for each in assembly.of("AWS::StepFunctions::StateMachine")}
    for domain in DOMAINS:
        text = str(machines[LIVE.naming.resource(domain)].properties["DefinitionString"])
        invoked = [state for state in json.loads(text)["States"].values() if "lambda:invoke" in str(state)]
        assert invoked
        named = {other for other in DOMAINS if f":function:{LIVE.naming.resource(other, 'silver')}" in text}
        assert named == {domain}
    for name, machine in machines.items():
        if name not in map(LIVE.naming.resource, DOMAINS):
            assert "lambda:invoke" not in str(machine.properties["DefinitionString"])


def test_alarms_tell_of_a_function_that_fails_or_is_slow(assembly: Assembly) -> None:
    alarms = {each.properties["AlarmName"]: each.properties for each in assembly.of("AWS::CloudWatch::Alarm")}
    for name in functions(assembly):
        errors, slow = alarms[f"{name}-errors"], alarms[f"{name}-duration"]
        assert (errors["MetricName"], errors["Threshold"]) == ("Errors", 0)
        assert slow["Threshold"] < FUNCTION.timeout_seconds * 1000
        for each in (errors, slow):
            assert each["Dimensions"] == [{"Name": "FunctionName", "Value": name}]


def test_news_of_objects_goes_by_the_dispatcher_to_the_function_a_dataset_at_a_time(
    assembly: Assembly,
) -> None:
    rules = {each.name: each.properties["Targets"] for each in assembly.of("AWS::Events::Rule")}
    sources = [each.properties for each in assembly.of("AWS::Lambda::EventSourceMapping")]
    by_queue = {each["EventSourceArn"].rpartition(":")[2]: each for each in sources}
    naming = LIVE.naming
    for domain in DOMAINS:
        started, told = rules[naming.resource(domain, "arrival")]
        assert "SqsParameters" in started
        assert "InputTransformer" in told
        assert told["Arn"].endswith(f":{naming.resource(domain, 'news')}")
        news, turns = (by_queue[naming.resource(domain, name)] for name in ("news", "silver.fifo"))
        assert news["MaximumBatchingWindowInSeconds"] == FUNCTION.gather_seconds
        assert news["FunctionName"].endswith(naming.resource(domain, "news"))
        assert "MaximumBatchingWindowInSeconds" not in turns  # FIFO queues have none
        assert turns["BatchSize"] <= 10
        assert turns["FunctionName"].endswith(naming.resource(domain, "silver"))
    for queue in assembly.of("AWS::SQS::Queue"):
        if queue.name.endswith("-silver.fifo"):
            assert queue.properties["VisibilityTimeout"] == 6 * FUNCTION.timeout_seconds
            assert "ContentBasedDeduplication" not in queue.properties


def test_no_queue_and_no_dispatcher_is_there_when_nothing_is_gathered(
    build_app: Callable[..., cdk.App],
) -> None:
    function = FUNCTION.model_copy(update={"gather_seconds": None})
    slow = dataclasses.replace(LIVE, processing=(("function", function),))
    folder = Path(build_app(slow).synth().directory)
    assembly = Assembly.of_folder(folder)
    assert functions(assembly)
    names = [each.name for each in assembly.of("AWS::SQS::Queue", "AWS::Lambda::Function")]
    assert [name for name in names if re.search(r"-news$|silver\.fifo$", name)] == []


def test_log_group_is_made_before_lambda_makes_it(assembly: Assembly) -> None:
    groups = {each.name for each in assembly.of("AWS::Logs::LogGroup")}
    assert {f"/aws/lambda/{name}" for name in functions(assembly)} <= groups


def test_every_call_of_the_function_is_allowed(assembly: Assembly) -> None:
    answers = look(assembly, PROJECT_ROOT)
    assert [(each.where, each.edge, each.why) for each in answers.findings] == []
    with_products = [domain for domain in DOMAINS if _databases_of_products(domain)]
    assert answers.asked["Step Functions → Lambda"] == 2 * len(DOMAINS) + len(with_products)


def test_layer_is_referred_to_and_not_copied(assemble: Callable[..., Path], layers: Path) -> None:
    # The archive of wheels has another suffix before its last one.
    [deployed] = (assemble(LIVE) / "compiled").glob("[0-9a-f]*[0-9a-f].zip")
    assert deployed.samefile(layers / layer_of(TARGETS[0]).name)
    assets = json.loads((assemble(LIVE) / "DomainShop.assets.json").read_text())["files"]
    assert assets[deployed.stem]["source"] == {"path": f"compiled/{deployed.name}", "packaging": "file"}


def test_layers_lie_where_they_are_made() -> None:
    unpatched = PROJECT_ROOT / ".build" / "layers"
    assert {layer_of(target).parent for target in TARGETS} == {unpatched}
    assert {target.architecture for target in TARGETS} == set(native_layer.ARCHITECTURES)


def test_missing_layer_is_told_with_how_to_make_it(
    build_app: Callable[..., cdk.App], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(native_layer, "LAYERS", tmp_path)
    expected = (
        r"3\.14-arm64\.zip: archive: got 'no file'; allowed: what make package makes; fix: make package"
    )
    with pytest.raises(InvalidInputError, match=expected):
        build_app(LIVE)
