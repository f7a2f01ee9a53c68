"""What runs inside has an endpoint for each call that it may make, and buckets answer nobody else."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from ipaddress import ip_network
from pathlib import Path
from typing import Any, cast

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from pydantic import ValidationError

from config.load import PROJECT_ROOT
from config.settings import Settings
from stacks.features.network.inside import inside as runners
from stacks.features.network.services import services
from stacks.features.network.settings import ExistingNetwork, NetworkSettings, OutsideAccess
from stacks.policies.lake.checks import findings
from tests.fixtures.environments import LIVE, example_of
from tools.access.matrix import Matrix
from tools.assembly.assembly import Assembly, Resource
from tools.assembly.policies import Role, resource_policies, roles
from tools.lake.cost.charges import HOURS
from tools.lake.cost.prices import assumptions
from tools.lake.cost.services.network import RULES as NETWORK
from tools.lake.cost.subject import Subject
from tools.policies.evaluate import Identity, Request, allowed, identity
from tools.preflight.run import look

Json = Mapping[str, Any]

EXAMPLE = cast("NetworkSettings", example_of("network"))
ON = replace(LIVE, features=("network",))
ACCOUNT, REGION = LIVE.settings.account, LIVE.settings.region
EVERYTHING = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
EXISTING = ExistingNetwork(
    vpc_id="vpc-1",
    subnets={f"subnet-{number}": f"{REGION}{zone}" for number, zone in enumerate("aabc", start=1)},
    security_group_ids=("sg-1",),
    s3_endpoint="vpce-1",
    endpoints=("glue", "sqs", "monitoring"),
)
OUTSIDE = OutsideAccess(cidrs=("198.51.101.0/24",), vpc_endpoints=("vpce-9",), principals=("role/Notebooks",))


def with_section(section: NetworkSettings) -> Settings:
    features = LIVE.settings.features.model_copy(update={"network": section})
    return LIVE.settings.model_copy(update={"features": features})


@pytest.fixture(scope="module")
def assembly(assemble: Callable[..., Path]) -> Assembly:
    return Assembly.of_folder(assemble(ON))


@pytest.fixture(scope="module")
def elsewhere(build_app: Callable[..., cdk.App]) -> Assembly:
    """With a VPC that is there, and exceptions."""
    section = NetworkSettings(new=None, existing=EXISTING, outside=OUTSIDE)
    app = build_app(LIVE, settings=with_section(section))
    return Assembly.of_folder(Path(app.synth().directory))


def inside(assembly: Assembly) -> dict[str, tuple[Role, str]]:
    """Role and service of what runs, by where it is made."""
    found = roles(assembly)
    kinds = {"AWS::Lambda::Function": "lambda.amazonaws.com", "AWS::Glue::Job": "glue.amazonaws.com"}
    return {
        str(each): (found[each.properties["Role"]], service)
        for kind, service in kinds.items()
        for each in assembly.of(kind)
    }


def statements(document: Json, effect: str = "Allow") -> Iterator[Json]:
    return (each for each in document["Statement"] if each["Effect"] == effect)


def listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def permitted(role: Role) -> set[tuple[str, str]]:
    """Pairs of action and resource."""
    return {
        (action, resource)
        for document in role.policies
        for each in statements(document)
        for action in listed(each["Action"])
        for resource in listed(each["Resource"])
    }


def endpoints(assembly: Assembly) -> dict[str, Resource]:
    """Endpoints by the last part of their service's name."""
    found = assembly.of("AWS::EC2::VPCEndpoint")
    return {each.properties["ServiceName"].rpartition(".")[2]: each for each in found}


def test_every_function_and_job_is_inside(assembly: Assembly) -> None:
    subnets = {f"<Network.{each.id}.SubnetId>" for each in assembly.of("AWS::EC2::Subnet")}
    connections = {
        each.properties["ConnectionInput"]["Name"] for each in assembly.of("AWS::Glue::Connection")
    }
    functions, jobs = [*assembly.of("AWS::Lambda::Function")], [*assembly.of("AWS::Glue::Job")]
    assert functions
    assert jobs
    assert len(subnets) == len(connections) == 2
    for function in functions:
        assert set(function.properties["VpcConfig"]["SubnetIds"]) == subnets
        assert function.properties["VpcConfig"]["SecurityGroupIds"] == ["<Network.Functions.GroupId>"]
    for job in jobs:
        assert set(job.properties["Connections"]["Connections"]) == connections
    for connection in assembly.of("AWS::Glue::Connection"):
        placed = connection.properties["ConnectionInput"]["PhysicalConnectionRequirements"]
        assert placed["SecurityGroupIdList"] == ["<Network.Jobs.GroupId>"]


def test_no_permitted_call_lacks_an_endpoint(assembly: Assembly) -> None:
    known, there = services(), endpoints(assembly)
    names = {**known.gateway, **known.interface}
    asked = 0
    for where, (role, service) in inside(assembly).items():
        actions = {action for action, _ in permitted(role)}
        for action in known.asked(actions, service):
            prefix = action.partition(":")[0]
            assert prefix in names, (where, action)
            policy = there[names[prefix]].properties["PolicyDocument"]
            allowed_here = {name for each in statements(policy) for name in listed(each["Action"])}
            assert action in allowed_here, (where, action)
            asked += 1
    assert asked


def test_nothing_inside_asks_itself_for_what_others_ask(assembly: Assembly) -> None:
    """Keys are used through services alone, and interfaces are made by Lambda and Glue."""
    for policy in resource_policies(assembly).values():
        if ":kms:" in policy.arn and "logs" not in policy.arn:
            for each in statements(policy.document):
                uses = {action for action in listed(each["Action"]) if "Decrypt" in action}
                assert not uses or "kms:ViaService" in json.dumps(each) or "Service" in each["Principal"]
    for where, (role, service) in inside(assembly).items():
        if service == "lambda.amazonaws.com":
            denied = [each for document in role.policies for each in statements(document, "Deny")]
            assert any("ec2:CreateNetworkInterface" in each["Action"] for each in denied), where


def test_endpoint_of_s3_lets_roles_inside_reach_every_object_that_they_may(assembly: Assembly) -> None:
    policy = endpoints(assembly)["s3"].properties["PolicyDocument"]
    resources = [name for each in statements(policy) for name in listed(each["Resource"])]
    reached = {
        resource
        for role, _ in inside(assembly).values()
        for action, resource in permitted(role)
        if action.startswith("s3:")
    }
    assert reached
    for resource in reached:
        assert any(fnmatchcase(resource, pattern) for pattern in resources), resource


def test_endpoints_answer_the_lakes_roles_about_the_account_alone(assembly: Assembly) -> None:
    [role] = [each for each, _ in [inside(assembly)["Ingestion/LandingRouter82D60B06"]]]
    found = endpoints(assembly)
    interfaces = {name for name, each in found.items() if each.properties["VpcEndpointType"] == "Interface"}
    assert interfaces == {"glue", "lakeformation", "logs", "monitoring", "secretsmanager", "sqs"}
    queue = f"arn:aws:sqs:{REGION}:{ACCOUNT}:q"
    stranger = f"arn:aws:iam::{ACCOUNT}:role/stranger"
    for caller, account, expected in (
        (role.arn, ACCOUNT, True),
        (stranger, ACCOUNT, False),
        (role.arn, "111122223333", False),
    ):
        keys = {
            "aws:PrincipalArn": caller,
            "aws:PrincipalAccount": caller.split(":")[4],
            "aws:ResourceAccount": account,
        }
        resource = queue.replace(ACCOUNT, account)
        policy = found["sqs"].properties["PolicyDocument"]
        asked = Request("sqs:SendMessage", resource, Identity(caller), keys, policy)
        assert allowed(asked).allowed is expected, (caller, account)


def test_custom_resources_can_answer_cloudformation(assembly: Assembly) -> None:
    policy = endpoints(assembly)["s3"].properties["PolicyDocument"]
    [answers] = [each for each in statements(policy) if each["Sid"] == "AnswersToCloudFormation"]
    assert answers["Action"] == "s3:PutObject"
    bucket = f"cloudformation-custom-resource-response-{REGION.replace('-', '')}"
    assert answers["Resource"] == f"arn:aws:s3:::{bucket}/*"


def test_subnets_share_the_range_and_no_route_leads_out(assembly: Assembly) -> None:
    subnets = [each.properties for each in assembly.of("AWS::EC2::Subnet")]
    whole = ip_network(cast("Any", EXAMPLE.new).cidr)
    parts = [ip_network(each["CidrBlock"]) for each in subnets]
    assert all(part.subnet_of(cast("Any", whole)) for part in parts)
    assert not parts[0].overlaps(parts[1])
    assert not any(each["MapPublicIpOnLaunch"] for each in subnets)
    for kind in ("Route", "InternetGateway", "NatGateway"):
        assert not [*assembly.of(f"AWS::EC2::{kind}")]


def test_groups_let_in_what_they_name_and_nothing_else(assembly: Assembly) -> None:
    for group in assembly.of("AWS::EC2::SecurityGroup"):
        assert "SecurityGroupIngress" not in group.properties
    let_in = {
        (each.properties["SourceSecurityGroupId"], each.properties["GroupId"])
        for each in assembly.of("AWS::EC2::SecurityGroupIngress")
    }
    functions, jobs, found = (f"<Network.{name}.GroupId>" for name in ("Functions", "Jobs", "Endpoints"))
    assert let_in == {(functions, found), (jobs, found), (jobs, jobs)}


BUCKETS = ("landing", "bronze", "silver", "gold", "quarantine", "query-results")
SOURCE = "<Network.S3Gateway.Id>"


def may(assembly: Assembly, bucket: str, caller: str, action: str = "s3:GetObject", **keys: Any) -> bool:
    """Whether who may do everything may do something with objects of a bucket."""
    arn = f"arn:aws:s3:::{LIVE.naming.bucket(bucket)}"
    tags = keys.pop("tags", {})
    sent = {f"aws:{name}": value for name, value in keys.items()}
    who = Identity(f"arn:aws:iam::{ACCOUNT}:{caller}", (EVERYTHING,), tags=tags)
    return allowed(Request(action, f"{arn}/x", who, sent, resource_policies(assembly)[arn].document)).allowed


@pytest.mark.parametrize("bucket", BUCKETS)
def test_bucket_answers_the_network_and_services_and_nobody_else(assembly: Assembly, bucket: str) -> None:
    for action in ("s3:GetObject", "s3:PutObject", "s3:DeleteObjectVersion", "s3:ListBucket"):
        assert not may(assembly, bucket, "role/any", action)
        assert not may(assembly, bucket, "role/any", action, SourceVpce="vpce-of-somebody")
    assert may(assembly, bucket, "role/any", SourceVpce=SOURCE)
    assert may(assembly, bucket, "role/any", ViaAWSService="true")
    assert may(assembly, bucket, "role/any", tags={"dp:exclude:network": "true"})
    assert may(assembly, bucket, "role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX")
    assert may(assembly, bucket, "role/BreakGlass")
    assert not may(assembly, bucket, "role/any", SourceIp="198.51.101.7")


def test_producers_reach_landing_and_testers_what_they_look_at_from_anywhere(assembly: Assembly) -> None:
    assert may(assembly, "landing", "role/Producer", "s3:PutObject")
    assert not may(assembly, "bronze", "role/Producer", "s3:PutObject")
    tester = "role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Operator_0123456789abcdef"
    assert all(may(assembly, bucket, tester) for bucket in ("landing", "bronze", "quarantine"))
    assert not may(assembly, "silver", tester)


def test_settings_except_offices_other_networks_and_people(elsewhere: Assembly) -> None:
    assert may(elsewhere, "query-results", "role/any", SourceIp="198.51.101.7")
    assert not may(elsewhere, "query-results", "role/any", SourceIp="203.0.113.7")
    assert may(elsewhere, "query-results", "role/any", SourceVpce="vpce-9")
    assert may(elsewhere, "query-results", "role/any", SourceVpce="vpce-1")
    assert may(elsewhere, "query-results", "role/Notebooks")


def test_roles_that_services_use_from_their_own_networks_are_excepted_and_no_others(
    assembly: Assembly,
) -> None:
    runs = {role.arn for role, _ in inside(assembly).values()}
    for arn, role in roles(assembly).items():
        excepted = identity(role).tags.get("dp:exclude:network") == "true"
        on_s3 = any(action.startswith("s3:") for action, _ in permitted(role))
        of_a_service = any("Service" in each["Principal"] for each in role.trust["Statement"])
        assert excepted is (of_a_service and on_s3 and arn not in runs), arn
        if excepted:
            assert "sts:TagSession" not in json.dumps(role.trust)


def test_access_is_what_it_is_without_the_feature(assembly: Assembly, assemble: Callable[..., Path]) -> None:
    without = Matrix(Assembly.of_folder(assemble(LIVE)))
    assert [*Matrix(assembly).rows()] == [*without.rows()]


def test_vpc_that_is_there_gets_the_endpoints_that_it_lacks(elsewhere: Assembly) -> None:
    assert {*endpoints(elsewhere)} == {"lakeformation", "logs", "secretsmanager"}
    assert not [*elsewhere.of("AWS::EC2::VPC", "AWS::EC2::Subnet", "AWS::EC2::FlowLog")]
    for function in elsewhere.of("AWS::Lambda::Function"):
        assert function.properties["VpcConfig"] == {
            "SubnetIds": [*EXISTING.subnets], "SecurityGroupIds": ["sg-1"]
        }  # fmt: skip
    connections = [
        each.properties["ConnectionInput"]["Name"] for each in elsewhere.of("AWS::Glue::Connection")
    ]
    assert len({*connections}) == len(EXISTING.subnets)
    answers = look(elsewhere, PROJECT_ROOT)
    assert [(each.where, each.edge, each.why) for each in answers.findings] == []
    assert answers.unknown
    assert all("the VPC is not in the templates" in each for each in answers.unknown)


def test_interfaces_are_billed_in_each_zone_and_gateways_are_not(assembly: Assembly) -> None:
    subject = Subject(assembly, ON.lake, ON.settings, assumptions())
    charges = [
        charge
        for each in assembly.of("AWS::EC2::VPCEndpoint", "AWS::EC2::FlowLog")
        for charge in NETWORK[each.kind](each, subject)
    ]
    hours = [each.quantity.idle for each in charges if each.price == "endpoint_hour"]
    assert hours == [2 * HOURS] * 6
    assert {each.price for each in charges} == {
        "endpoint_gb",
        "endpoint_hour",
        "logs_gb_month",
        "vended_logs_gb",
    }


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"new": None}, "one of new and existing"),
        ({"existing": json.loads(EXISTING.model_dump_json())}, "one of new and existing"),
        ({"new": {"cidr": "8.8.8.0/20"}}, "private addresses"),
        ({"new": {"cidr": "10.80.0.0/28"}}, "from /16 to /24"),
        ({"new": {"cidr": "10.80.0.1/20"}}, "host bits set"),
        ({"outside": {"cidrs": ["10.0.0.0/8"]}}, "public IPv4 ranges"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_settings_that_cannot_be_are_refused(change: dict[str, Any], told: str) -> None:
    wanted = json.loads(EXAMPLE.model_dump_json())
    for key, value in change.items():
        wanted[key] = {**(wanted[key] or {}), **value} if value else None
    with pytest.raises(ValidationError, match=told):
        NetworkSettings.model_validate_json(json.dumps(wanted))


def test_function_that_is_in_a_network_already_stays_there() -> None:
    app = cdk.App()
    stack = cdk.Stack(app, "S")
    role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    for name in ("Free", "Placed"):
        function = lambda_.CfnFunction(
            stack, name, role=role.role_arn, code=lambda_.CfnFunction.CodeProperty(zip_file="x")
        )
    function.vpc_config = lambda_.CfnFunction.VpcConfigProperty(subnet_ids=["subnet-1"])
    assert [each.runner.node.id for each in runners(app)] == ["Free"]


def test_role_of_another_stack_is_refused() -> None:
    app = cdk.App()
    code = lambda_.CfnFunction.CodeProperty(zip_file="x")
    lambda_.CfnFunction(cdk.Stack(app, "S"), "Strange", role="arn:aws:iam::1:role/x", code=code)
    with pytest.raises(TypeError, match="S/Strange runs with a role that is not of its stack"):
        runners(app)


def test_service_without_an_endpoint_is_refused_while_templates_are_made() -> None:
    for action in ("iam:ListRoles", "strange:GetThing"):
        with pytest.raises(ValueError, match=rf"got {action} .*has one, or let something outside"):
            services().by_prefix({"s3:GetObject", action})


def test_services_without_an_endpoint_are_asked_by_nothing_inside(assembly: Assembly) -> None:
    known = services()
    nowhere = {*known.no_endpoint}
    assert not nowhere & {*known.gateway, *known.interface}
    for where, (role, _) in inside(assembly).items():
        assert not nowhere & {action.partition(":")[0] for action, _ in permitted(role)}, where


def test_every_name_of_an_endpoint_is_one_that_the_cdk_knows() -> None:
    stack = cdk.Stack(cdk.App(), "S", env=cdk.Environment(account=ACCOUNT, region=REGION))
    kind = ec2.InterfaceVpcEndpointAwsService
    known = {
        str(stack.resolve(getattr(kind, name).name)).rpartition(".")[2]
        for name in dir(kind)
        if name.strip("_").isupper()
    }
    assert {*services().interface.values()} <= known


def test_rules_of_the_lake_find_nothing_in_a_vpc_that_is_there(elsewhere: Assembly, tmp_path: Path) -> None:
    for stack in elsewhere.stacks:
        (tmp_path / f"{stack.id}.template.json").write_text(json.dumps(stack.template))
    assert findings(tmp_path.glob("*.template.json")) == []
