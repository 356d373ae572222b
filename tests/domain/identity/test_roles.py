"""What each role may do."""

import pytest

from app.domain.clients.scopes import SCOPES, expand
from app.domain.identity.roles import ROLES, allows, why_not_connect

RESOURCE_SCOPES = sorted(expand(name for name in SCOPES if ":" in name))


@pytest.mark.parametrize("role", ["owner", "admin", "accountant"])
def test_those_who_run_the_books_may_do_and_connect_everything(role: str) -> None:
    assert all(allows(role, scope) for scope in [*RESOURCE_SCOPES, "payments:write"])
    assert why_not_connect(role) is None


def test_a_member_works_on_contacts_and_invoices_alone() -> None:
    assert all(allows("member", scope) for scope in RESOURCE_SCOPES)
    assert not allows("member", "payments:read")
    assert why_not_connect("member") is None


def test_a_reader_reads_everything_and_connects_nothing() -> None:
    for scope in [*RESOURCE_SCOPES, "payments:read"]:
        assert allows("readonly", scope) == scope.endswith(":read")
    assert why_not_connect("readonly") == (
        "Your role here is Read only; ask an owner or admin to connect apps."
    )


@pytest.mark.parametrize("role", ["", "king", "Owner"])
def test_an_unknown_role_may_nothing(role: str) -> None:
    assert not allows(role, "invoices:read")
    assert not allows(role, "offline_access")
    assert why_not_connect(role) == "You have no role here."


@pytest.mark.parametrize("role", ROLES)
def test_scopes_that_name_no_resource_are_open_to_every_role(role: str) -> None:
    assert allows(role, "offline_access")


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("scope", ["invoices:", "invoices:admin", "invoices:read:write"])
def test_an_access_that_no_scope_has_is_allowed_to_nobody(role: str, scope: str) -> None:
    assert not allows(role, scope)
