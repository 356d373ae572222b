"""Whoever cannot read a field cannot ask about it either (security.md 4)."""

import pytest

from app.api.surfaces.v1 import V1
from app.storage.fetch import _kept_connection
from tests.api.conftest import Api

BY_NAME = {resource.name: resource for resource in V1.resources}


def foreign_fields(resource):
    """The fields that need another scope than the resource's own, with that scope."""
    fields = resource.listing.fields.by_name.values()
    return [
        (field, field.scope) for field in fields if field.scope not in (None, resource.read_scope)
    ]


def questions():
    """Every way to refer to what another scope reads: (resource, query, path, scope)."""
    for resource in V1.resources:
        for field, scope in foreign_fields(resource):
            if "not" in field.offered:
                for query in (
                    f"{field.name}=not:null",
                    f"{field.name}[not]=null",
                    f"filter=or(id:not:null,not({field.name}:eq:null))",
                ):
                    yield resource.name, query, field.name, scope
            if field.is_sortable:
                yield resource.name, f"sort=id,-{field.name}", field.name, scope
        for expansion in resource.expansions:
            scope = expansion.target.read_scope
            if scope != resource.read_scope:
                inner = f"{expansion.path}.version"
                for query in (f"expand={expansion.path}", f"fields=id,{inner}"):
                    yield resource.name, query, expansion.path, scope


QUESTIONS = sorted(set(questions()))


@pytest.fixture
def reader(small_api):
    """An app that reads invoices, their tax rates, and nothing else."""
    small_api.invoice()
    app = Api(small_api.house)
    app.organisation = small_api.organisation
    app.token = small_api.house.access_token(
        user_id=small_api.person,
        organisations=(small_api.organisation,),
        scope=("invoices:read",),
    )
    return app


def test_there_is_something_to_ask_about():
    assert {query.partition("=")[0] for _, query, _, _ in QUESTIONS} >= {"expand", "fields"}


@pytest.mark.parametrize("question", QUESTIONS, ids=str)
def test_a_reference_to_what_the_scope_cannot_read_is_forbidden(small_api, reader, question):
    name, query, path, scope = question
    answer = reader.get(f"/{name}?{query}")

    problem = answer.json
    reader.refused(answer, 403, 1)
    assert answer.headers["WWW-Authenticate"] == (
        'Bearer realm="countinghouse", error="insufficient_scope",'
        f' scope="{" ".join(sorted({scope, BY_NAME[name].read_scope}))}"'
    )
    [fault] = problem["errors"]
    assert (fault["code"], fault["field"]) == ("insufficient_scope", path)
    assert scope in fault["detail"]
    assert fault["parameter"]
    assert small_api.get(f"/{name}?{query}").status_code == 200


@pytest.mark.parametrize("path", ["/invoices", "/invoices/@"])
def test_nothing_is_read_for_whoever_may_not_ask(reader, path):
    path = path.replace("@", reader.data("/invoices")[0]["id"])
    statements = []
    connection = _kept_connection(reader.house.engine)
    connection.set_trace_callback(statements.append)

    answer = reader.call("GET", f"{path}?expand=contact", headers={"If-None-Match": "*"})

    connection.set_trace_callback(None)
    assert reader.refused(answer, 403, 1) == {"expand": "insufficient_scope"}
    assert len(statements) == 1, "the gate's own"


@pytest.mark.parametrize("body", [{"expand": ["contact"]}, {"fields": ["id", "contact.email"]}])
def test_a_body_asks_for_no_more_than_an_address(small_api, reader, body):
    answer = reader.call("POST", "/invoices/query", json=body)

    [place] = body
    if place == "filter":
        place = "filter/not/field"
    assert reader.refused(answer, 403, 1) == {f"/{place}": "insufficient_scope"}
    assert small_api.call("POST", "/invoices/query", json=body).status_code == 200


def test_what_the_own_scope_reads_is_shown(reader):
    rows = reader.data("/invoices?expand=lines.tax_rate&fields=contact.name,lines.total")

    assert set(rows[0]) == {"id", "contact", "lines"}
    assert set(rows[0]["lines"][0]) == {"total", "tax_rate"}
