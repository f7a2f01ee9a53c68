"""Settings of the data lake, registered locations, and opt-ins to hybrid access mode."""

from ministack.core.responses import get_account_id

from local.services.lakeformation.api.base import Base, Json, answers, page
from local.services.lakeformation.lake import check_principal, require
from local.services.lakeformation.model import resources, settings
from local.services.lakeformation.model.errors import invalid, missing
from local.services.lakeformation.model.locations import Registration
from local.services.lakeformation.model.resources import Database, Resource, Table
from local.services.service import Request

PRINCIPAL = "lakeformation.amazonaws.com"
_ROLE = {"RoleArn": PRINCIPAL}


class SettingsOperations(Base):
    """`*DataLakeSettings`, `*Resource` and `*LakeFormationOptIn*`."""

    @answers()
    def get_data_lake_settings(self, request: Request) -> Json:
        """Return the settings."""
        return {"DataLakeSettings": settings.shape(self.state.settings)}

    @answers()
    def put_data_lake_settings(self, request: Request) -> Json:
        """Replace the settings; what the catalog has already keeps what it has."""
        found = settings.parse(request["DataLakeSettings"])
        for each in sorted(found.admins | found.read_only_admins):
            check_principal(each)
        self.lake.settings = found
        return {}

    @answers(passes_roles=_ROLE)
    def register_resource(self, request: Request) -> Json:
        """Register a location with a role of the account's own."""
        if request.get("UseServiceLinkedRole") or not request.get("RoleArn"):
            raise invalid("The service-linked role is not emulated: name a role in RoleArn")
        check_principal(request["RoleArn"])
        self.state.locations.register(_registration(request))
        return {}

    @answers(passes_roles=_ROLE)
    def update_resource(self, request: Request) -> Json:
        """Change the role or the mode of a location."""
        check_principal(request["RoleArn"])
        self.state.locations.update(_registration(request))
        return {}

    @answers()
    def deregister_resource(self, request: Request) -> Json:
        """Leave a location to IAM."""
        self.state.locations.deregister(request["ResourceArn"])
        return {}

    @answers()
    def describe_resource(self, request: Request) -> Json:
        """Return a location."""
        return {"ResourceInfo": _info(self.state.locations.get(request["ResourceArn"]))}

    @answers()
    def list_resources(self, request: Request) -> Json:
        """List locations; without conditions, which are not emulated."""
        if request.get("FilterConditionList"):
            raise invalid("FilterConditionList is not emulated")
        return page("ResourceInfoList", map(_info, self.state.locations.all()), request)

    @answers()
    def create_lake_formation_opt_in(self, request: Request) -> Json:
        """Put a principal under Lake Formation for a database or table in hybrid access mode."""
        self.require_admin()
        key = self._opt_in(request)
        if key in self.state.opt_ins:
            raise invalid("Opt-in already exists")
        check_principal(key[0])
        require(key[1])
        self.state.opt_ins.add(key)
        return {}

    @answers()
    def delete_lake_formation_opt_in(self, request: Request) -> Json:
        """Leave a principal to IAM again."""
        self.require_admin()
        key = self._opt_in(request)
        if key not in self.state.opt_ins:
            raise missing("Opt-in does not exist")
        self.state.opt_ins.remove(key)
        return {}

    @answers()
    def list_lake_formation_opt_ins(self, request: Request) -> Json:
        """List opt-ins, of one principal or resource if the request names it."""
        principal = request.get("Principal", {}).get("DataLakePrincipalIdentifier")
        resource = resources.parse(request["Resource"]) if "Resource" in request else None
        found = [
            {
                "Principal": {"DataLakePrincipalIdentifier": each[0]},
                "Resource": resources.shape(each[1], get_account_id()),
            }
            for each in sorted(self.lake.opt_ins, key=str)
            if principal in (None, each[0]) and resource in (None, each[1])
        ]
        return page("LakeFormationOptInsInfoList", found, request)

    def _opt_in(self, request: Request) -> tuple[str, Resource]:
        resource = resources.parse(request["Resource"])
        if not isinstance(resource, Database | Table) or request.get("Condition"):
            raise invalid("Opt-ins are emulated for databases and tables, without conditions")
        return request["Principal"]["DataLakePrincipalIdentifier"], resource


def _registration(request: Request) -> Registration:
    return Registration(
        request["ResourceArn"].rstrip("/"),
        request["RoleArn"],
        bool(request.get("HybridAccessEnabled")),
        bool(request.get("WithFederation")),
    )


def _info(registration: Registration) -> Json:
    return {
        "ResourceArn": registration.arn,
        "RoleArn": registration.role,
        "WithFederation": registration.with_federation,
        "HybridAccessEnabled": registration.hybrid,
    }
