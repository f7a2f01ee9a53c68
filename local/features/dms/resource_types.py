"""CloudFormation types of DMS that the lake uses.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_DMS.html
"""

from local.services.resource_type import ResourceType, Tagging

_TAGGING = Tagging("AddTagsToResource", "RemoveTagsFromResource", "ResourceArn")

TYPES = (
    ResourceType(
        "AWS::DMS::ReplicationSubnetGroup",
        create="CreateReplicationSubnetGroup",
        update="ModifyReplicationSubnetGroup",
        delete="DeleteReplicationSubnetGroup",
        identifier="ReplicationSubnetGroup.ReplicationSubnetGroupIdentifier",
        key="ReplicationSubnetGroupIdentifier",
        generated="ReplicationSubnetGroupIdentifier",
        tagging=_TAGGING,
        arn="arn:aws:dms:{region}:{account}:subgrp:{id}",
    ),
    ResourceType(
        "AWS::DMS::Endpoint",
        create="CreateEndpoint",
        update="ModifyEndpoint",
        delete="DeleteEndpoint",
        identifier="Endpoint.EndpointArn",
        key="EndpointArn",
        attributes={"EndpointArn": "Endpoint.EndpointArn", "ExternalId": "Endpoint.ExternalId"},
        generated="EndpointIdentifier",
        tagging=_TAGGING,
    ),
    ResourceType(
        "AWS::DMS::ReplicationConfig",
        create="CreateReplicationConfig",
        update="ModifyReplicationConfig",
        delete="DeleteReplicationConfig",
        identifier="ReplicationConfig.ReplicationConfigArn",
        key="ReplicationConfigArn",
        attributes={"ReplicationConfigArn": "ReplicationConfig.ReplicationConfigArn"},
        tagging=_TAGGING,
    ),
)
