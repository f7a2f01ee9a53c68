"""What Lake Formation says when it refuses."""


class LakeFormationError(ValueError):
    """A request is refused.

    Attributes:
        code: AWS's name of the error, such as `InvalidInputException`.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def invalid(message: str) -> LakeFormationError:
    """The refusal of a request that makes no sense."""
    return LakeFormationError("InvalidInputException", message)


def missing(message: str) -> LakeFormationError:
    """The refusal of a request about something that is not there."""
    return LakeFormationError("EntityNotFoundException", message)


def existing(message: str) -> LakeFormationError:
    """The refusal to make what is there."""
    return LakeFormationError("AlreadyExistsException", message)


def denied(message: str) -> LakeFormationError:
    """The refusal of a caller who may not."""
    return LakeFormationError("AccessDeniedException", message)


def lacking(permission: str, name: str) -> LakeFormationError:
    """The refusal of a caller who lacks a permission, in AWS's words."""
    wanted = permission.replace("_", " ").title()
    return denied(f"Insufficient Lake Formation permission(s): Required {wanted} on {name}")
