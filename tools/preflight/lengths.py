"""How long names of AWS's resources may be, by type, with the page below https://docs.aws.amazon.com/."""

_CFN = "AWSCloudFormation/latest/TemplateReference/aws-resource-"

LENGTHS: dict[str, tuple[int, str]] = {
    "AWS::Athena::WorkGroup": (128, "athena/latest/APIReference/API_CreateWorkGroup.html"),
    "AWS::CloudTrail::Trail": (
        128,
        "awscloudtrail/latest/userguide/cloudtrail-trail-naming-requirements.html",
    ),
    "AWS::CloudWatch::Alarm": (255, "AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html"),
    "AWS::CloudWatch::CompositeAlarm": (
        255,
        "AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html",
    ),
    "AWS::CloudWatch::Dashboard": (255, "AmazonCloudWatch/latest/APIReference/API_PutDashboard.html"),
    "AWS::Events::Rule": (64, "eventbridge/latest/APIReference/API_PutRule.html"),
    "AWS::Glue::Crawler": (255, f"{_CFN}glue-crawler.html"),
    "AWS::Glue::DataQualityRuleset": (255, f"{_CFN}glue-dataqualityruleset.html"),
    "AWS::Glue::Database": (255, "glue/latest/webapi/API_DatabaseInput.html"),
    "AWS::Glue::Job": (255, "glue/latest/webapi/API_CreateJob.html"),
    "AWS::Glue::SecurityConfiguration": (255, "glue/latest/webapi/API_CreateSecurityConfiguration.html"),
    "AWS::Glue::Table": (255, "glue/latest/webapi/API_TableInput.html"),
    "AWS::IAM::ManagedPolicy": (128, "IAM/latest/APIReference/API_CreatePolicy.html"),
    "AWS::IAM::Policy": (128, "IAM/latest/APIReference/API_PutRolePolicy.html"),
    "AWS::IAM::Role": (64, "IAM/latest/APIReference/API_CreateRole.html"),
    "AWS::KMS::Alias": (256, "kms/latest/APIReference/API_CreateAlias.html"),
    "AWS::Kinesis::Stream": (128, "kinesis/latest/APIReference/API_CreateStream.html"),
    "AWS::KinesisFirehose::DeliveryStream": (
        64,
        "firehose/latest/APIReference/API_CreateDeliveryStream.html",
    ),
    "AWS::Lambda::Function": (64, "lambda/latest/api/API_CreateFunction.html"),
    "AWS::Logs::LogGroup": (512, "AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html"),
    "AWS::Pipes::Pipe": (64, "eventbridge/latest/pipes-reference/API_CreatePipe.html"),
    "AWS::S3::Bucket": (63, "AmazonS3/latest/userguide/bucketnamingrules.html"),
    "AWS::SNS::Topic": (256, "sns/latest/api/API_CreateTopic.html"),
    "AWS::SQS::Queue": (80, "AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html"),
    "AWS::Scheduler::Schedule": (64, "scheduler/latest/APIReference/API_CreateSchedule.html"),
    "AWS::SecretsManager::Secret": (512, "secretsmanager/latest/apireference/API_CreateSecret.html"),
    "AWS::StepFunctions::StateMachine": (
        80,
        "step-functions/latest/apireference/API_CreateStateMachine.html",
    ),
}
