"""Those of the services by whose API anybody can have a finding made."""

import uuid
from typing import Any, ClassVar

from local.emulator import control
from local.features.security_findings import samples
from local.services.resource_type import ResourceType
from local.services.service import Fault, Request, Service, operation

_DETECTOR = "arn:aws:guardduty:{region}:{account}:detector/{DetectorId}"


def _products(request: Request) -> list[str]:
    return sorted({each["ProductArn"] for each in request["Findings"]})


class GuardDuty(Service[dict[str, dict[str, Any]]]):
    """Amazon GuardDuty: a detector that finds samples."""

    model = "guardduty"
    resource_types: ClassVar = (
        ResourceType(
            "AWS::GuardDuty::Detector",
            create="CreateDetector",
            update="UpdateDetector",
            delete="DeleteDetector",
            identifier="DetectorId",
            key="DetectorId",
            attributes={"Id": "DetectorId"},
        ),
    )

    def new_state(self) -> dict[str, dict[str, Any]]:
        """No detector."""
        return {}

    def start(self) -> None:
        """Let the launcher ask for what no API of the other services makes."""
        control.ACTIONS["POST", "/_lake/security-findings"] = lambda: {"sent": samples.send_samples()}

    @operation()
    def create_detector(self, request: Request) -> dict[str, Any]:
        """Create the detector; there is one in a region."""
        if self.state:
            raise Fault("BadRequestException", "a detector already exists for the current account")
        detector = uuid.uuid4().hex
        self.state[detector] = dict(request)
        return {"DetectorId": detector}

    @operation(_DETECTOR)
    def update_detector(self, request: Request) -> dict[str, Any]:
        """Change the detector."""
        self._existing(request).update(request)
        return {}

    @operation(_DETECTOR)
    def delete_detector(self, request: Request) -> dict[str, Any]:
        """Delete the detector."""
        self._existing(request)
        del self.state[request["DetectorId"]]
        return {}

    @operation()
    def list_detectors(self, request: Request) -> dict[str, Any]:
        """List the detector."""
        return {"DetectorIds": list(self.state)}

    @operation(_DETECTOR)
    def create_sample_findings(self, request: Request) -> dict[str, Any]:
        """Find a sample of each type, or of those that are asked for."""
        self._existing(request)
        kinds = request.get("FindingTypes") or list(samples.GUARDDUTY)
        if unknown := [kind for kind in kinds if kind not in samples.GUARDDUTY]:
            allowed = ", ".join(samples.GUARDDUTY)
            raise Fault("BadRequestException", f"the laptop has no sample of {unknown}; allowed: {allowed}")
        details = [samples.guardduty(kind, request["DetectorId"]) for kind in kinds]
        samples.emit("aws.guardduty", "GuardDuty Finding", details)
        return {}

    def _existing(self, request: Request) -> dict[str, Any]:
        found = self.state.get(request["DetectorId"])
        if found is None:
            raise Fault("BadRequestException", "the input detectorId is not owned by the current account")
        return found


class Macie(Service[None]):
    """Amazon Macie: findings that are samples, whether or not a session is there."""

    model = "macie2"

    def new_state(self) -> None:
        """Nothing is kept."""

    @operation()
    def create_sample_findings(self, request: Request) -> dict[str, Any]:
        """Find a sample of each type, or of those that are asked for."""
        kinds = request.get("findingTypes") or list(samples.MACIE)
        if unknown := [kind for kind in kinds if kind not in samples.MACIE]:
            allowed = ", ".join(samples.MACIE)
            raise Fault("ValidationException", f"the laptop has no sample of {unknown}; allowed: {allowed}")
        samples.emit("aws.macie", "Macie Finding", [samples.macie(kind) for kind in kinds])
        return {}


class SecurityHub(Service[None]):
    """AWS Security Hub CSPM: tells of findings that it is given, whether or not it is switched on."""

    model = "securityhub"

    def new_state(self) -> None:
        """Nothing is kept."""

    @operation(_products)
    def batch_import_findings(self, request: Request) -> dict[str, Any]:
        """Tell of each finding by an event of its own, as one that nobody has looked at.

        https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchImportFindings.html
        """
        findings = [
            {"RecordState": "ACTIVE", "Workflow": {"Status": "NEW"}, **each} for each in request["Findings"]
        ]
        details = [{"findings": [each]} for each in findings]
        samples.emit("aws.securityhub", "Security Hub Findings - Imported", details)
        return {"FailedCount": 0, "SuccessCount": len(findings), "FailedFindings": []}
