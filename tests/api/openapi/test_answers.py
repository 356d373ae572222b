"""What is sent is refused just where the document says, and every answer is as it says."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.api.resources.contacts import CONTACT
from app.api.resources.invoices import INVOICE
from tests.api.conftest import Api
from tests.factories.bodies import NEEDED, bodies
from tests.factories.schemas import DOCUMENT, judge_by

FORM_CODES = {"bad_type", "bad_value", "too_many"}
# What may break a rule of the books that no schema tells: addresses, and what can be stored.
RULED = (*("/email", "/country", "/currency", "/quantity", "/unit_price", "/discount_percent"),)


# Parts of what is expanded, and nothing of what holds them.
DEEP = "?expand=contact&fields=lines.tax_rate.oid,contact.first_name,contact.contacts.email"


class Reader:
    """A client that believes the document."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.document = api.house.http.get("/v1/openapi.json").json
        self.schemas = self.document["components"]["schemas"]

    def call(self, method: str, path: str, told: str = "", **options: Any) -> Any:
        """Call, and hold the answer against what the document tells of the operation."""
        answer = self.api.call(method, path, **options)
        operation = self.document["paths"][f"/v1{told or path.partition('?')[0]}"][method.lower()]
        answers = operation["responses"]
        assert str(answer.status_code) in answers, answer.text
        about = answers[str(answer.status_code)]
        if "$ref" in about:
            about = self.document["components"]["responses"][about["$ref"].rpartition("/")[2]]
        for name in about["headers"]:
            header = self.document["components"]["headers"][name]
            assert name in answer.headers or not header.get("required"), name
        if "content" in about:
            [(media_type, content)] = about["content"].items()
            assert answer.content_type == media_type
            schema = rooted(content["schema"])
            assert judge_by(schema, self.schemas, answer.json) == {}
        return answer

    def refuses(self, name: str, body: Any) -> dict[str, Any]:
        return judge_by(rooted({"$ref": f"#/components/schemas/{name}"}), self.schemas, body)


def rooted(schema: Any) -> Any:
    """A schema of the document as it reads outside of it."""
    return json.loads(json.dumps(schema).replace('"#/', f'"{DOCUMENT}#/'))


@pytest.fixture
def reader(api):
    return Reader(api)


def test_every_answer_is_as_the_document_says(reader):
    api = reader.api
    rate = api.rate()
    contact = reader.call(
        "POST",
        "/contacts",
        json={"company_name": "Acme", "addresses": [{"country": "AU"}], "colour": 1},
    ).json["data"]
    line = {"description": "Work", "unit_price": "12.5", "tax_rate_id": rate}
    body = {"contact_id": contact["id"], "lines": [line]}
    invoice = reader.call("POST", "/invoices", json=body).json["data"]
    path, told = f"/invoices/{invoice['id']}", "/invoices/{id}"

    for query in ("", "?fields=number,lines.total", "?expand=contact,lines.tax_rate", DEEP):
        reader.call("GET", f"/invoices{query}")
        tag = reader.call("GET", path + query, told).headers["ETag"]
        known = {"If-None-Match": tag}
        assert reader.call("GET", path + query, told, headers=known).status_code == 304
    for query in ("?page=1", "?offset=0", "?limit=1&count=exact", "?total=gte:1", "?sort=nothing"):
        reader.call("GET", f"/invoices{query}")
    reader.call("POST", "/invoices/query", json={"sort": "-total", "explain": "plan"})
    reader.call("POST", "/invoices/query", json={"filter": {"field": "total"}})
    for listed in ("/contacts", "/tax-rates", "/me", "/connections", "/changes"):
        reader.call("GET", listed)
    for method in ("PATCH", "PUT"):
        reader.call(method, path, told, json={"notes": "soon"})
        reader.call(method, path, told, json={"notes": 5})
        stale = reader.call(method, path, told, json={}, headers={"If-Match": '"stale"'})
        assert stale.status_code == 412
        reader.call(method, path, told, data=b"{", content_type="application/json")
        reader.call(method, path, told, data=b"{}", content_type="text/plain")
    reader.call("GET", "/invoices/inv_1", told)
    reader.call("DELETE", f"/contacts/{contact['id']}", "/contacts/{id}")
    assert reader.call("DELETE", path, told).status_code == 204


@pytest.mark.parametrize(
    ("path", "name", "shape"),
    [("/contacts", "ContactCreate", CONTACT), ("/invoices", "InvoiceCreate", INVOICE)],
    ids=["contacts", "invoices"],
)
def test_a_body_is_refused_just_where_the_document_says(small_api, path, name, shape):
    reader = Reader(small_api)

    @settings(suppress_health_check=list(HealthCheck))
    @given(sent=bodies(shape, leaves=st.none() | st.text(max_size=8)) | bodies(shape))
    def holds(sent):
        body = json.dumps(sent, default=float)
        answer = reader.call("POST", path, data=body, content_type="application/json")
        told = {one["pointer"]: one["code"] for one in (answer.json.get("errors") or ())}
        refused = reader.refuses(name, json.loads(body))

        for place in refused:
            assert is_told(place, told), (place, told)
        for place, code in told.items():
            assert place in refused or code not in FORM_CODES or place.endswith(RULED), place

    holds()


def is_told(place: str, told: dict[str, str]) -> bool:
    """Whether a place is blamed, or what lies around it, or the entry for naming nothing."""
    around = [place]
    while around[-1]:
        around.append(around[-1].rpartition("/")[0])
    beside = NEEDED.sub("/id", place)
    return any(one in told for one in (*around, beside))
