"""The permissions, and the words that people read."""

import pytest

from app.domain.clients.scopes import SCOPES, expand, named, unknown


def test_a_bundle_stands_for_every_resource_of_its_access() -> None:
    for access in ("read", "write"):
        every = {name for name in SCOPES if name.endswith(f":{access}")} - {f"books:{access}"}
        assert expand([f"books:{access}"]) == every


def test_plain_scopes_stand_for_themselves() -> None:
    assert expand(["invoices:read", "offline_access"]) == {"invoices:read", "offline_access"}
    assert expand([]) == frozenset()
    assert expand(["nonsense"]) == {"nonsense"}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", ()),
        ("a b", ("a", "b")),
        ("  a   b ", ("a", "b")),
        ("b a b", ("b", "a")),
        ("a\tb", ("a\tb",)),
    ],
)
def test_a_list_is_split_at_spaces_alone(text: str, names: tuple[str, ...]) -> None:
    assert named(text) == names


def test_unknown_scopes_are_named_once() -> None:
    assert unknown(["invoices:read", "x", "y", "x"]) == ("x", "y")


@pytest.mark.parametrize("scope", SCOPES.values(), ids=lambda scope: scope.name)
def test_every_permission_is_said_in_plain_words(scope) -> None:
    assert scope.title[0].isupper()
    assert not scope.title.endswith(".")
    assert scope.detail.endswith(".")
    assert ":" not in scope.title + scope.detail
    assert scope.access in ("read", "write", "lasting")
    assert all(SCOPES[name].access == scope.access for name in scope.covers)
