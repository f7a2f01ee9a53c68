import json
from typing import Any

from local.emulator.launcher import EmbeddedAws

TEMPLATE: dict[str, Any] = {
    "Resources": {
        "Key": {
            "Type": "AWS::SecretsManager::Secret",
            "Properties": {"Name": "referenced", "GenerateSecretString": {"PasswordLength": 40}},
        }
    },
    "Outputs": {"Reference": {"Value": {"Ref": "Key"}}},
}


def test_reference_is_the_arn_when_a_stack_is_created_updated_and_deleted(embedded_aws: EmbeddedAws) -> None:
    stacks, secrets = embedded_aws.client("cloudformation"), embedded_aws.client("secretsmanager")

    def reference() -> str:
        [output] = stacks.describe_stacks(StackName="secrets")["Stacks"][0]["Outputs"]
        return str(output["OutputValue"])

    stacks.create_stack(StackName="secrets", TemplateBody=json.dumps(TEMPLATE))
    stacks.get_waiter("stack_create_complete").wait(StackName="secrets", WaiterConfig={"Delay": 1})
    arn = secrets.describe_secret(SecretId="referenced")["ARN"]
    assert reference() == arn

    TEMPLATE["Resources"]["Key"]["Properties"]["Description"] = "changed"
    stacks.update_stack(StackName="secrets", TemplateBody=json.dumps(TEMPLATE))
    stacks.get_waiter("stack_update_complete").wait(StackName="secrets", WaiterConfig={"Delay": 1})
    assert reference() == arn
    assert secrets.describe_secret(SecretId="referenced")["Description"] == "changed"

    stacks.delete_stack(StackName="secrets")
    stacks.get_waiter("stack_delete_complete").wait(StackName="secrets", WaiterConfig={"Delay": 1})
    assert not [s for s in secrets.list_secrets()["SecretList"] if s["Name"] == "referenced"]
