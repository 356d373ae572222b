"""The published document is valid, whole and true: it says what is mounted, and no more."""

import json

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from openapi_spec_validator.validation import OpenAPIV31SpecValidator

from app.api.mount import SURFACES
from app.api.openapi.document import document_of
from app.api.openapi.operations import addresses
from app.api.openapi.samples import sample_id
from app.api.surfaces.v1 import V1
from app.domain.clients.scopes import SCOPES
from app.gateway.limiter.plan import parse_plan
from app.query.spell import spell
from tests.factories.schemas import judge_by
from tests.rules.source import ROOT

LISTS = {f"/v1/{resource.name}": resource for resource in V1.resources}
ISSUER = "http://localhost:8000"


@pytest.fixture(scope="module")
def document():
    windows = parse_plan("100/minute;20/second")
    return json.loads(json.dumps(document_of(V1, issuer=ISSUER, windows=windows)))


def operations(document):
    return {
        (path, method): operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def test_it_is_valid_openapi(document):
    assert document["openapi"] == "3.1.1"
    validate(document, cls=OpenAPIV31SpecValidator)


def test_every_address_and_method_that_is_mounted_is_told(document, small_api):
    told = {(path, method.upper()) for path, method in operations(document)}
    mounted = {
        rule.rule.replace("<item>", "{id}")
        for rule in small_api.house.app.url_map.iter_rules()
        if any(surface.owns(rule.rule) for surface in SURFACES)
    }
    nothing = {"/v1", "/v1/", "/v1/<path:item>", "/v1/openapi.json"}

    assert {path for path, _ in told} == mounted - nothing
    assert told == {(one.path, method) for one in addresses(V1) for method in one.acts}


def test_every_operation_has_a_name_of_its_own(document):
    names = [operation["operationId"] for operation in operations(document).values()]

    assert len(names) == len(set(names))
    assert {"listInvoices", "createContact", "getTaxRate", "updateInvoice", "getMe"} <= set(names)


@pytest.mark.parametrize(("path", "resource"), LISTS.items(), ids=LISTS)
def test_every_filter_is_told_with_operators_and_examples_that_work(document, path, resource):
    fields = resource.listing.fields
    told = {one["name"]: one for one in document["paths"][path]["get"]["parameters"]}

    assert [name for name, one in told.items() if "x-filter" in one] == list(fields.filterable)
    for name in fields.filterable:
        about = told[name]["x-filter"]
        assert about["operators"] == list(fields.by_name[name].offered)
        assert about["nullable"] is fields.by_name[name].has_nulls
        assert len(about["examples"]) == len(about["operators"])
        for example in about["examples"]:
            spell(fields, [(name, example)], timezone="Australia/Sydney")
            assert judge_by(told[name]["schema"], {}, [example]) == {}


@pytest.mark.parametrize(("path", "resource"), LISTS.items(), ids=LISTS)
def test_the_example_of_an_expression_works(document, path, resource):
    told = {one["name"]: one for one in document["paths"][path]["get"]["parameters"]}["filter"]
    example = told["examples"]["either"]["value"]

    assert spell(resource.listing.fields, [("filter", example)], timezone="Australia/Sydney").where
    assert judge_by(told["schema"], {}, example) == {}


@pytest.mark.parametrize(("path", "resource"), LISTS.items(), ids=LISTS)
def test_sorting_and_paging_are_told_as_they_are(document, path, resource):
    told = {one["name"]: one for one in document["paths"][path]["get"]["parameters"]}

    assert told["sort"]["x-sort"]["fields"] == list(resource.listing.fields.sortable)
    assert told["sort"]["explode"] is False
    assert {"cursor", "limit", "offset", "page", "per_page", "count"} <= told.keys()
    assert not [name for name, one in told.items() if one.get("style") == "deepObject"]
    for name in ("limit", "per_page"):
        # A generated client sends each default that is told, and so would mix ways of paging.
        assert "default" not in told[name]["schema"]


def test_every_refusal_is_told_as_a_problem_with_its_code(document):
    documented = (ROOT / "docs" / "errors.md").read_text()
    for name, answer in document["components"]["responses"].items():
        [(media_type, content)] = answer["content"].items()
        assert media_type == "application/problem+json"
        assert answer["x-problems"]
        for problem in answer["x-problems"]:
            status = name.partition("-")[0]
            assert f"| {status} | {problem['code']} | `{problem['type']}` |" in documented
            assert problem["type"] in content["examples"]


def test_every_example_is_what_its_schema_says(document):
    schemas = document["components"]["schemas"]
    problem = {"$ref": "urn:document#/components/schemas/Problem"}
    for example in document["components"]["examples"].values():
        assert judge_by(problem, schemas, example["value"]) == {}
    for schema in [*schemas.values()]:
        Draft202012Validator.check_schema(schema)
        for told in schema.get("properties", {}).values():
            for example in told.get("examples", ()):
                assert judge_by(told, schemas, example) == {}


def sendable(value, ids):
    """An example with ids that there are in place of those that only look like some."""
    text = json.dumps(value)
    for sample, real in ids.items():
        text = text.replace(sample, real)
    return json.loads(text)


def test_every_example_of_a_body_is_accepted_as_it_stands(document, small_api):
    schemas = document["components"]["schemas"]
    contact, invoice = small_api.contact(), small_api.invoice()
    ids = {sample_id("con"): contact["id"], sample_id("inv"): invoice["id"]}
    tried = 0
    for (path, method), operation in operations(document).items():
        if "requestBody" not in operation:
            continue
        [content] = operation["requestBody"]["content"].values()
        schema = {"$ref": f"urn:document{content['schema']['$ref']}"}
        assert judge_by(schema, schemas, content["example"]) == {}, (path, method)
        here = path.removeprefix("/v1").replace("{id}", contact["id"])
        if path.startswith("/v1/invoices"):
            here = path.removeprefix("/v1").replace("{id}", invoice["id"])
        answer = small_api.call(method.upper(), here, json=sendable(content["example"], ids))
        assert answer.status_code in (200, 201), (path, method, answer.text)
        assert answer.json.get("warnings", []) == []
        tried += 1

    assert tried == 9


def test_only_what_is_there_already_may_be_no_draft(document):
    for (path, method), operation in operations(document).items():
        told = {
            problem["type"]
            for answer in operation["responses"].values()
            for problem in document["components"]["responses"]
            .get(answer.get("$ref", "").rpartition("/")[2], {})
            .get("x-problems", ())
        }
        is_change = path == "/v1/invoices/{id}" and method in ("patch", "put", "delete")
        assert ("not_draft" in told) is is_change, (path, method)


def test_credentials_and_scopes_are_those_of_the_server(document):
    schemes = document["components"]["securitySchemes"]
    flow = schemes["oauth"]["flows"]["authorizationCode"]

    assert set(flow["scopes"]) == set(SCOPES)
    assert flow["authorizationUrl"] == f"{ISSUER}/oauth/authorize"
    assert flow["tokenUrl"] == f"{ISSUER}/oauth/token"
    assert schemes["bearer"] == schemes["bearer"] | {"type": "http", "scheme": "bearer"}
    wanted = {
        scope
        for operation in operations(document).values()
        for either in operation["security"]
        for scopes in either.values()
        for scope in scopes
    }
    assert wanted == {"contacts:read", "contacts:write", "invoices:read", "invoices:write"}


def test_the_rate_plan_and_the_limits_of_queries_are_told(document):
    limits = document["x-limits"]

    assert [(window["amount"], window["length_s"]) for window in limits["windows"]] == [
        *((100, 60), (20, 1))
    ]
    assert limits["query"]["page_rows_max"] == V1.limits.page_rows_max


def test_a_stranger_may_read_it_and_need_not_read_it_twice(small_api):
    stranger = small_api.house.http
    first = stranger.get("/v1/openapi.json")
    again = stranger.get("/v1/openapi.json", headers={"If-None-Match": first.headers["ETag"]})

    assert (first.status_code, first.content_type) == (200, "application/json")
    assert first.json["servers"] == [{"url": "http://localhost:8000"}]
    assert (again.status_code, again.data) == (304, b"")
    assert stranger.head("/v1/openapi.json").headers["ETag"] == first.headers["ETag"]
