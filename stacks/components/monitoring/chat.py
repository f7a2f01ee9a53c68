"""A Slack channel that hears what the alarm topic is told, by Amazon Q Developer in chat applications."""

from aws_cdk import aws_sns as sns
from constructs import Construct

from config.alarms import ChatSettings
from stacks.components.access.statements import service_role
from stacks.lake_stack import LakeStack


def tell_chat(stack: LakeStack, settings: ChatSettings, topic: sns.ITopic) -> None:
    """Subscribe a channel of a workspace that somebody has authorized in the account's console.

    Whoever writes in the channel may do nothing in the account: its role has no rights, and the guardrail
    denies all, since AWS takes AdministratorAccess for it where none is named.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-chatbot-slackchannelconfiguration.html
    """
    from aws_cdk import aws_chatbot as chatbot  # noqa: PLC0415 (few lakes have a channel)

    scope = Construct(stack, "Chat")
    role = service_role(scope, "Role", "chatbot.amazonaws.com", "Tells alarms in a chat, and may do nothing")
    chatbot.CfnSlackChannelConfiguration(
        scope,
        "Channel",
        configuration_name=stack.naming.resource("alarms"),
        iam_role_arn=role.role_arn,
        slack_workspace_id=settings.slack_workspace,
        slack_channel_id=settings.slack_channel,
        sns_topic_arns=[topic.topic_arn],
        guardrail_policies=[f"arn:{stack.partition}:iam::aws:policy/AWSDenyAll"],
    )
