"""Lake Formation of an account: who administers it, what it gives access to, by which tags."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lakeformation as lakeformation
from constructs import Construct

from lakehouse.model.dataset import Layer
from lakehouse.targets.lf_tags import VALUES, key
from stacks.components.access.governed_tables import TIMEOUT
from stacks.components.access.people import EVERY_DOMAIN, principal_arns
from stacks.components.access.statements import READ_OBJECTS, REPLACE_OBJECTS, USE_KEY, allow, list_bucket
from stacks.components.functions.python_function import PythonFunction
from stacks.components.storage.key_policy import deployment_role
from stacks.lake_stack import LakeStack
from stacks.resources import FoundationResources

DEFAULTS_TYPE = "Custom::DataLakeDefaults"

DISCOVERED = ("discovered", "files")
"""What the database of the crawler is called after, in place of a layer and a domain."""

LOCATION_SERVICES = ("glue.amazonaws.com", "lakeformation.amazonaws.com")
"""Services that the role of a registered location must trust:
https://docs.aws.amazon.com/lake-formation/latest/dg/registration-role.html"""

OPTIMIZED = (Layer.SILVER, Layer.GOLD)
"""Layers of the tables that Glue's optimizers work on under `tables.maintenance: managed`."""


class DataLake(Construct):
    """What Lake Formation has to know before anything can be granted."""

    def __init__(self, stack: LakeStack, construct_id: str, *, foundation: FoundationResources) -> None:
        """Build for the buckets and keys of the environment."""
        super().__init__(stack, construct_id)
        self._stack = stack
        self._foundation = foundation
        self.function = self._function()
        settings = self._settings()
        self.locations = self._locations(settings)
        self.tags = self._tags(settings)
        """Keys that all domains share."""
        self.prepared = [settings if stack.settings.lake_formation.hybrid else self._defaults(settings)]
        """What stands for settings by which new tables belong to Lake Formation, unless it is hybrid."""

    def _function(self) -> PythonFunction:
        """The function behind `Custom::GovernedTables`, which administers Lake Formation."""
        component = PythonFunction(
            self._stack,
            "LakeFormation",
            package="lake_formation",
            description="Puts databases and tables under Lake Formation",
            environment={},
            timeout=TIMEOUT,
            memory_mebibytes=256,
            logs_key=self._foundation.logs_key,
        )
        component.allow(
            [
                "lakeformation:AddLFTagsToResource",
                "lakeformation:CreateLakeFormationOptIn",
                "lakeformation:DeleteLakeFormationOptIn",
                "lakeformation:GetDataLakeSettings",
                "lakeformation:GetResourceLFTags",
                "lakeformation:ListLakeFormationOptIns",
                "lakeformation:ListPermissions",
                "lakeformation:PutDataLakeSettings",
                "lakeformation:RemoveLFTagsFromResource",
                "lakeformation:RevokePermissions",
            ],
            ["*"],
            why_wildcard="Lake Formation's actions have no resources",
            asked_when="opt-ins come and go with `hybrid`, tags go where a contract takes them away",
        )
        # Who tags a database must see it, an administrator too:
        # https://docs.aws.amazon.com/lake-formation/latest/dg/TBAC-assigning-tags.html
        arns = self._stack.arns
        component.allow(
            ["glue:GetDatabase", "glue:GetTable"],
            [
                arns.catalog(),
                *(arns.database(layer, EVERY_DOMAIN) for layer in Layer),
                arns.database(*DISCOVERED),
                *(arns.tables(layer, EVERY_DOMAIN) for layer in Layer),
            ],
            why_wildcard="contracts add domains and tables; the layer and the prefix of the lake stay named",
            not_asked="Lake Formation looks at what is tagged as who tags; the laptop looks as itself",
        )
        return component

    def _settings(self) -> cdk.CfnResource:
        """Add administrators to those that the account has; appended, they take nobody's place."""
        stack = self._stack
        named = principal_arns(stack, stack.settings.lake_formation.administrators)
        arns = [deployment_role(stack), self.function.role.role_arn, *named]
        admin = lakeformation.CfnDataLakeSettings.DataLakePrincipalProperty
        return lakeformation.CfnDataLakeSettings(
            self,
            "Settings",
            admins=[admin(data_lake_principal_identifier=arn) for arn in arns],
            mutation_type="APPEND",
        )

    def _locations(self, settings: cdk.CfnResource) -> list[cdk.CfnResource]:
        role = self._location_role()
        locations: list[cdk.CfnResource] = []
        for layer in Layer:
            location = lakeformation.CfnResource(
                self,
                f"{layer.title()}Location",
                resource_arn=self._stack.arns.bucket(layer),
                role_arn=role.role_arn,
                use_service_linked_role=False,
                hybrid_access_enabled=self._stack.settings.lake_formation.hybrid,
            )
            location.node.add_dependency(settings, role)
            locations.append(location)
        return locations

    def _location_role(self) -> iam.Role:
        """The role as which files are read and written for those to whom Lake Formation has granted tables.

        A role of the lake's own, since the service's linked role can neither be changed nor seen. Personas
        read through it. Glue's table optimizers, where there are any, write through it too, since their own
        rights on S3 count for data that is not registered.
        https://docs.aws.amazon.com/lake-formation/latest/dg/registration-role.html
        https://docs.aws.amazon.com/glue/latest/dg/optimization-prerequisites.html
        """
        role = iam.Role(
            self._stack,
            "LocationRole",
            role_name=self._stack.naming.resource("lake-formation-locations"),
            assumed_by=iam.CompositePrincipal(*(iam.ServicePrincipal(name) for name in LOCATION_SERVICES)),
            description="Reads and writes tables for those to whom Lake Formation has granted them",
        )
        asked = "a layer is read where somebody queries it, and written where Glue optimizes its tables"
        written = OPTIMIZED if self._stack.settings.tables.maintenance == "managed" else ()
        for layer in Layer:
            allow(
                role,
                REPLACE_OBJECTS if layer in written else READ_OBJECTS,
                [self._stack.arns.objects(layer, "")],
                why_wildcard="Lake Formation narrows what it gives on to the files of the table",
                asked_when=asked,
            )
            list_bucket(role, self._stack.arns.bucket(layer))
            use = USE_KEY if layer in written else ["kms:Decrypt"]
            allow(role, use, [self._foundation.keys[layer].key_arn], asked_when=asked)
        return role

    def _tags(self, settings: cdk.CfnResource) -> list[cdk.CfnResource]:
        tags: list[cdk.CfnResource] = []
        for name, values in VALUES.items():
            tag = lakeformation.CfnTag(
                self,
                f"{name.title()}Tag",
                tag_key=key(self._stack.naming, name),
                tag_values=list(values),
            )
            tag.add_resource_dependency(settings)
            tags.append(tag)
        return tags

    def _defaults(self, settings: cdk.CfnResource) -> cdk.CfnResource:
        """Have new databases and tables of the account belong to Lake Formation from the start.

        CloudFormation cannot empty the two lists of default permissions.
        https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/2197
        """
        defaults = cdk.CfnResource(
            self,
            "Defaults",
            type=DEFAULTS_TYPE,
            properties={"ServiceToken": self.function.function.function_arn},
        )
        defaults.add_resource_dependency(settings)
        return defaults
