"""An HTTP API that checks records against their contract and puts them on a stream, without a server."""

import json

from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from constructs import Construct

from lakehouse.model.dataset import Dataset
from stacks.components.access.statements import API_GATEWAY, allow, service_role
from stacks.components.monitoring.log_group import log_group
from stacks.features.click_api import responses as api_responses
from stacks.features.click_api.guards import limit_addresses, tell_failures, tell_requests
from stacks.features.click_api.json_schema_draft4 import draft4_schema
from stacks.features.click_api.record_template import put_record_template
from stacks.features.click_api.settings import ClickApiSettings
from stacks.lake_stack import LakeStack
from stacks.policies.acknowledgements import acknowledge, acknowledge_compliance

STAGE = "live"

_ACCESS_LOG = {
    "requestId": "$context.requestId",
    "time": "$context.requestTime",
    "method": "$context.httpMethod",
    "resource": "$context.resourcePath",
    "status": "$context.status",
    "error": "$context.error.responseType",
    "integrationStatus": "$context.integration.status",
    "milliseconds": "$context.responseLatency",
    "bytes": "$context.responseLength",
    "trace": "$context.xrayTraceId",
}
"""Neither addresses nor values of records: those who send them may be anonymous."""

_PUBLIC = "the page's guests are anonymous: limits of rate and the record's schema stand where sign-in would"


class ClickApi(Construct):
    """`POST /<dataset>` takes one record as JSON; `GET /` shows the dataset's page, if it has one.

    The record reaches the stream as it was sent, but for line breaks between its members, which become
    blanks: bronze keeps one record a line. The API answers 200 once the stream has the record, 400 with the
    reason if it breaks its contract, 413 if it can never fit, 429 beyond the limits, and 503 whenever the
    stream did not take it. Every answer but the page is JSON.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stack: LakeStack,
        dataset: Dataset,
        stream: kinesis.IStream,
        stream_key: kms.IKey,
        logs_key: kms.IKey,
        alarm_topic: sns.ITopic,
        limits: ClickApiSettings,
        web_acl_arn: str | None,
    ) -> None:
        """Build the API of one dataset in front of its `stream`, which `stream_key` encrypts.

        `web_acl_arn` is what counts the requests of each address, if anything does.
        """
        super().__init__(scope, construct_id)
        self._stack = stack
        self._dataset = dataset
        self._name = stack.naming.resource(dataset.domain, dataset.name)
        self._api = self._rest_api(logs_key, limits)
        self._kibibytes = limits.record_kibibytes
        for kind, response in api_responses.of_gateway(self._kibibytes).items():
            self._api.add_gateway_response(kind.response_type.title(), type=kind, **response)
        self._post(stream, self._role(stream, stream_key))
        self._page()
        self._log_executions(logs_key)
        tell_failures(self, name=self._name, stage=STAGE, subject=dataset.id, topic=alarm_topic)
        tell_requests(
            self,
            name=self._name,
            stage=STAGE,
            subject=dataset.id,
            topic=alarm_topic,
            per_hour=limits.alarm_requests_per_hour,
        )
        limit_addresses(self, self._api.deployment_stage, web_acl_arn)

    def _rest_api(self, logs_key: kms.IKey, limits: ClickApiSettings) -> apigateway.RestApi:
        group = log_group(self._stack, self, f"/aws/apigateway/{self._name}", logs_key)
        api = apigateway.RestApi(
            self,
            "Api",
            rest_api_name=self._name,
            description=f"Takes records of {self._dataset.id}",
            endpoint_types=[apigateway.EndpointType.REGIONAL],
            cloud_watch_role=False,  # one for each account and region: the ingestion stack has it
            deploy_options=apigateway.StageOptions(
                stage_name=STAGE,
                throttling_rate_limit=limits.requests_per_second,
                throttling_burst_limit=limits.burst,
                logging_level=apigateway.MethodLoggingLevel.ERROR,
                metrics_enabled=True,
                tracing_enabled=True,
                access_log_destination=apigateway.LogGroupLogDestination(
                    logs.LogGroup.from_log_group_name(self, "LogsName", group.ref)
                ),
                access_log_format=apigateway.AccessLogFormat.custom(json.dumps(_ACCESS_LOG)),
            ),
        )
        for finding in ("AwsSolutions-APIG4", "AwsSolutions-COG4"):
            acknowledge(api, finding, _PUBLIC)
        for rule, reason in (
            ("APIGWCacheEnabledAndEncrypted", "each record is new, and the page has no backend"),
            ("APIGWSSLEnabled", "no backend asks for a certificate: Kinesis asks for a signature"),
        ):
            acknowledge_compliance(api, rule, reason)
        return api

    def _role(self, stream: kinesis.IStream, key: kms.IKey) -> iam.Role:
        role = service_role(self, "Role", API_GATEWAY, f"Puts records that the API took on {self._name}")
        allow(role, ["kinesis:PutRecord"], [stream.stream_arn])
        # https://docs.aws.amazon.com/streams/latest/dev/permissions-user-key-KMS.html
        encrypts = "Kinesis encrypts records as who puts them; the laptop does not encrypt streams"
        allow(role, ["kms:GenerateDataKey"], [key.key_arn], not_asked=encrypts)
        return role

    def _post(self, stream: kinesis.IStream, role: iam.Role) -> None:
        model = apigateway.CfnModel(
            self,
            "Model",
            rest_api_id=self._api.rest_api_id,
            name="Record",
            description=f"One record of {self._dataset.id}",
            content_type=api_responses.JSON,
        )
        schema = json.dumps(draft4_schema(self._dataset))
        # As text, since the CDK rounds numbers beyond 2^53.
        model.add_property_override("Schema", schema)
        answers = api_responses.of_stream(self._kibibytes)
        integration = apigateway.AwsIntegration(
            service="kinesis",
            action="PutRecord",
            options=apigateway.IntegrationOptions(
                credentials_role=role,
                passthrough_behavior=apigateway.PassthroughBehavior.NEVER,
                request_parameters={
                    "integration.request.header.Content-Type": "'application/x-amz-json-1.1'"
                },
                request_templates={
                    api_responses.JSON: put_record_template(stream.stream_name, self._kibibytes)
                },
                integration_responses=answers,
            ),
        )
        self._api.root.add_resource(self._dataset.name).add_method(
            "POST",
            integration,
            request_models={api_responses.JSON: apigateway.Model.from_model_name(self, "Name", model.ref)},
            request_validator=self._api.add_request_validator(
                "Validator", validate_request_body=True, validate_request_parameters=True
            ),
            method_responses=api_responses.declared(answers, "Retry-After"),
        )
        self._redeploy_with(model, schema)

    def _redeploy_with(self, model: apigateway.CfnModel, schema: str) -> None:
        """Have a change of the schema reach the stage, which serves what was last deployed."""
        deployment = self._api.latest_deployment
        if deployment is None:
            raise TypeError(f"{self._api.node.path} has no deployment")
        deployment.add_to_logical_id(schema)
        deployment.node.add_dependency(model)

    def _page(self) -> None:
        source = self._dataset.ingestion.source if self._dataset.ingestion else None
        if source is None or not source.files:
            return
        [(_, page)] = source.files
        shown = [api_responses.of_page(page)]
        self._api.root.add_method(
            "GET",
            apigateway.MockIntegration(
                passthrough_behavior=apigateway.PassthroughBehavior.NEVER,
                request_templates={api_responses.JSON: '{"statusCode": 200}'},
                integration_responses=shown,
            ),
            method_responses=api_responses.declared(shown),
        )

    def _log_executions(self, key: kms.IKey) -> None:
        """Encrypt and expire the group that API Gateway would otherwise make by itself."""
        stage = self._api.deployment_stage
        scope = Construct(self, "Executions")
        name = f"API-Gateway-Execution-Logs_{self._api.rest_api_id}/{STAGE}"
        stage.node.add_dependency(log_group(self._stack, scope, name, key))
