"""Errors about policies."""

from domain.errors import NotFoundError


class PolicyNotFoundError(NotFoundError):
    code = "policy_not_found"
