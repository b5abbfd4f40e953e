"""What a principal may do and see."""

from uuid import UUID

import pytest

from domain.identity.errors import PermissionDeniedError
from domain.identity.principal import Principal, Scope


def principal(*scopes: Scope) -> Principal:
    return Principal(tenant_id=UUID(int=1), kind="api_key", id="k", name="k", scopes=scopes)


def test_a_held_scope_is_enough() -> None:
    principal(Scope.CHAT).require(Scope.CHAT)


@pytest.mark.parametrize("scope", list(Scope))
def test_an_administrator_holds_every_scope(scope: Scope) -> None:
    principal(Scope.ADMIN).require(scope)


@pytest.mark.parametrize("scope", list(Scope))
def test_a_missing_scope_is_refused_and_named(scope: Scope) -> None:
    held = [other for other in Scope if other not in (scope, Scope.ADMIN)]
    with pytest.raises(PermissionDeniedError) as refusal:
        principal(*held).require(scope)
    assert refusal.value.details == {"required_scope": scope.value}


def test_staff_see_internal_and_external_documents() -> None:
    assert set(principal().model_copy(update={"audience": "internal"}).visibilities) == {"internal", "external"}


def test_everybody_else_sees_external_documents_only() -> None:
    assert principal().visibilities == ("external",)
