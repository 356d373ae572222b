"""Changes are told, and words kept, under the very names of the resources that ask for them."""

import ast

import pytest
from sqlalchemy import select

from app.api.surfaces.v1 import V1
from app.domain.events.tables import Change
from app.storage.search import SearchEntry
from tests.api.conftest import Api
from tests.rules.source import called, place, python_files, tree

NAMED = {"note_change", "keep_searchable", "forget_searchable", "KeptTexts"}


def test_every_resource_is_told_and_searched_by_its_own_name(api: Api) -> None:
    invoice = api.invoice()
    api.rate()
    path = f"/invoices/{invoice['id']}"
    assert api.call("PATCH", path, json={"notes": "Thanks"}).status_code == 200
    assert api.call("DELETE", path).status_code in {200, 204}

    with api.house.engine.connect() as connection:
        told = set(connection.execute(select(Change.resource).distinct()).scalars())
        kept = set(connection.execute(select(SearchEntry.resource).distinct()).scalars())

    assert told == {resource.name for resource in V1.resources}
    assert kept <= searched()
    assert {"contacts"} <= kept


@pytest.mark.parametrize("resource", [one for one in V1.resources if one.listing.fields.search])
def test_a_search_looks_under_the_name_of_its_resource(resource) -> None:
    assert resource.listing.fields.search.texts.resource == resource.name


def test_no_act_spells_the_name_of_its_resource() -> None:
    assert not [
        place(path, node)
        for path in python_files("app/domain")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and called(node) in NAMED
        for value in (*node.args, *(one.value for one in node.keywords if one.arg == "resource"))
        if isinstance(value, ast.Constant)
    ]


def searched() -> set[str]:
    """The names of the resources that offer a search."""
    return {one.name for one in V1.resources if one.listing.fields.search}
