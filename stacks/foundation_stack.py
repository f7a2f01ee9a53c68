"""Keys, logs, permission boundary and alarm topic: what every other stack stands on."""

from collections.abc import Iterable, Mapping

from aws_cdk import aws_glue as glue
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sns as sns
from constructs import Construct

from config.settings import Settings
from lakehouse.model.dataset import Layer
from stacks.components.access.boundary import boundary
from stacks.components.monitoring.chat import tell_chat
from stacks.components.storage.data_keys import data_key
from stacks.components.storage.lake_bucket import AccessLogBucket
from stacks.components.storage.logs_key import logs_key as make_logs_key
from stacks.features.builder import FeatureBuilder
from stacks.features.registry import features as known_features
from stacks.features.registry import switched_on
from stacks.lake_stack import KEEP, LakeStack
from stacks.policies.acknowledgements import HIPAA, NIST, acknowledge, acknowledge_compliance
from stacks.resources import FoundationResources

_OF_HASHES = "HMAC key that pseudonymises personal data; changing it breaks joins with older rows"
_OF_TOKENS = "Key that encrypts personal data as tokens; without it nobody reads them back"


def _storing(settings: Settings, layer: Layer) -> list[str]:
    """Services that encrypt storage of their own with the key of a layer, by the features that are on."""
    on = (known_features()[name] for name in switched_on(settings.features))
    return sorted({feature.storing[layer] for feature in on if layer in feature.storing})


class FoundationStack(LakeStack):
    """One key per layer and one for logs, the boundary and the topic."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        features: Iterable[FeatureBuilder] = (),
    ) -> None:
        """Build from the settings of one environment, and what features ask of it."""
        super().__init__(
            scope,
            construct_id,
            settings=settings,
            description="Keys, logs, permission boundary and alarm topic of the lake",
        )
        boundary(self)
        keys = {layer: data_key(self, layer, _storing(settings, layer)) for layer in Layer}
        logs_key = make_logs_key(self)
        access_logs = AccessLogBucket(
            self,
            "AccessLogs",
            name=self.naming.bucket("access-logs"),
            expiry_days=settings.storage.access_log_expiry_days,
        )
        self.resources = FoundationResources(
            keys=keys,
            logs_key=logs_key,
            access_logs=access_logs.bucket,
            alarm_topic=self._alarm_topic(logs_key),
            masking_secret=self._secret("MaskingKey", self.naming.masking_secret, _OF_HASHES, keys),
            token_secret=self._secret("TokenKey", self.naming.token_secret, _OF_TOKENS, keys),
            glue_security=self._glue_security(logs_key),
        )
        for feature in features:
            feature.found(self, self.resources)

    def _alarm_topic(self, logs_key: kms.Key) -> sns.Topic:
        topic = sns.Topic(
            self, "Alarms", topic_name=self.naming.resource("alarms"), master_key=logs_key, enforce_ssl=True
        )
        topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AlarmsPublish",
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[topic.topic_arn],
                conditions={"StringEquals": {"aws:SourceAccount": self.account}},
            )
        )
        for index, email in enumerate(self.settings.alarms.emails, start=1):
            sns.Subscription(
                self, f"Email{index}", topic=topic, endpoint=email, protocol=sns.SubscriptionProtocol.EMAIL
            )
        if self.settings.alarms.chat is not None:
            tell_chat(self, self.settings.alarms.chat, topic)
        return topic

    def _secret(
        self, construct_id: str, name: str, description: str, keys: Mapping[Layer, kms.Key]
    ) -> secretsmanager.ISecret:
        """Make a key under which personal values are masked, or take that of another environment."""
        if self.settings.masking_key_of is not None:
            return secretsmanager.Secret.from_secret_name_v2(self, construct_id, name)
        secret = secretsmanager.Secret(
            self,
            construct_id,
            secret_name=name,
            description=description,
            # By its ARN, or the construct would let the whole account use the key through Secrets Manager.
            encryption_key=kms.Key.from_key_arn(
                self, f"{construct_id}Encryption", keys[Layer.SILVER].key_arn
            ),
            generate_secret_string=secretsmanager.SecretStringGenerator(
                password_length=64, exclude_punctuation=True
            ),
            removal_policy=KEEP,
        )
        constant = (
            "a rotated key would give one person two pseudonyms; rotation is a planned rewrite of silver"
        )
        acknowledge(secret, "AwsSolutions-SMG4", constant)
        acknowledge_compliance(secret, "SecretsManagerRotationEnabled", constant, packs=(HIPAA, NIST))
        return secret

    def _glue_security(self, logs_key: kms.Key) -> str:
        configuration = glue.CfnSecurityConfiguration(
            self,
            "GlueSecurity",
            name=self.naming.resource("glue"),
            encryption_configuration=glue.CfnSecurityConfiguration.EncryptionConfigurationProperty(
                cloud_watch_encryption=glue.CfnSecurityConfiguration.CloudWatchEncryptionProperty(
                    cloud_watch_encryption_mode="SSE-KMS", kms_key_arn=logs_key.key_arn
                ),
                job_bookmarks_encryption=glue.CfnSecurityConfiguration.JobBookmarksEncryptionProperty(
                    job_bookmarks_encryption_mode="CSE-KMS", kms_key_arn=logs_key.key_arn
                ),
                # Buckets encrypt with their own layer's key; one mode here would apply to every layer.
                s3_encryptions=[
                    glue.CfnSecurityConfiguration.S3EncryptionProperty(s3_encryption_mode="DISABLED")
                ],
            ),
        )
        return str(configuration.name)
