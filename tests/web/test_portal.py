"""The portal: a partner registers an app, is shown its secret once, and finds it again."""

import io
import re

import pytest
from PIL import Image
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

from app.domain.clients.tables import Client
from tests.factories.house import House
from tests.web.surfer import Surfer, email_of

SECRET = re.compile(r"ch_live_cs_[0-9A-Za-z]{49}")
FIELDS = {
    "company_name": "Barometer Labs",
    "name": "Cashflow Weather",
    "website": "https://barometer.example",
    "type": "confidential",
    "auth_method": "client_secret_basic",
    "redirect_uris": "https://app.barometer.example/cb\r\n\r\n  https://b.example/cb  ",
    "scope": ["invoices:read"],
    "optional_scope": ["invoices:write"],
}


def picture(*, format: str = "PNG", side: int = 64) -> io.BytesIO:
    written = io.BytesIO()
    Image.effect_noise((side, side), 90).convert("RGB").save(written, format=format, quality=95)
    written.seek(0)
    return written


def client_count(house: House) -> int:
    return house.look(lambda s: s.scalar(select(func.count()).select_from(Client))) or 0


@pytest.fixture
def partner(house: House, surfer: Surfer) -> Surfer:
    surfer.sign_in(email_of(house, house.person("Pat Partner")))
    return surfer


def test_registering_shows_the_secret_once_and_keeps_it_nowhere(partner: Surfer) -> None:
    answer = partner.send("/portal/apps/new", **FIELDS)

    assert answer.status_code == 201
    secrets_shown = SECRET.findall(answer.text)
    assert len(secrets_shown) == 1
    assert answer.headers["Cache-Control"] == "no-store"
    (client_id,) = set(re.findall(r"cli_[0-9A-Z]{26}", answer.text))
    details = partner.get(f"/portal/apps/{client_id}").text
    assert secrets_shown[0] not in details
    assert secrets_shown[0][-4:] in details
    for words in ("https://app.barometer.example/cb", "https://b.example/cb", "invoices:write"):
        assert words in details
    assert "Cashflow Weather" in partner.get("/portal/").text


def test_a_public_app_has_no_secret(partner: Surfer) -> None:
    answer = partner.send(
        "/portal/apps/new", **(FIELDS | {"type": "public", "redirect_uris": "com.example.app:/cb"})
    )

    assert answer.status_code == 201
    assert not SECRET.search(answer.text)
    assert "has no secret" in answer.text


def test_sending_the_form_again_registers_nothing_more(house: House, partner: Surfer) -> None:
    token = partner.token("/portal/apps/new")
    partner.post("/portal/apps/new", {"csrf_token": token, **FIELDS})

    again = partner.post("/portal/apps/new", {"csrf_token": token, **FIELDS})

    assert again.status_code == 400
    assert client_count(house) == 1


def test_each_fault_stands_on_a_line_of_its_own_and_nothing_typed_is_lost(
    house: House, partner: Surfer
) -> None:
    answer = partner.send(
        "/portal/apps/new",
        **(
            FIELDS
            | {
                "name": "<script>alert(1)</script>",
                "website": "javascript:alert(1)",
                "redirect_uris": "http://a.example/cb\nhttps://b.example/cb#x\nhttps://ok.example/",
                "scope": ["invoices:write"],
            }
        ),
    )

    assert answer.status_code == 422
    faults = re.findall(r'<p class="fault"[^>]*><span>(.*?)</span></p>', answer.text)
    assert len(faults) == 5
    assert any("http://a.example/cb" in fault and "https://" in fault for fault in faults)
    assert any("https://b.example/cb#x" in fault and "fragment" in fault for fault in faults)
    assert not any("ok.example" in fault for fault in faults)
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;" in answer.text
    assert "Barometer Labs" in answer.text
    assert client_count(house) == 0


def test_an_empty_form_is_a_list_of_what_is_needed(partner: Surfer) -> None:
    answer = partner.send("/portal/apps/new")

    assert answer.status_code == 422
    assert "Not registered yet" in answer.text


@pytest.mark.parametrize("format", ["PNG", "JPEG"])
def test_a_logo_is_redrawn_and_served_for_good(house: House, partner: Surfer, format: str) -> None:
    sent = picture(format=format, side=300)
    partner.send("/portal/apps/new", **FIELDS, logo=(sent, "logo.png"))
    path = re.search(r'src="(/clients/[^"]+)"', partner.get("/portal/").text)
    assert path

    answer = Surfer(house).get(path.group(1))

    assert answer.content_type == "image/png"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    with Image.open(io.BytesIO(answer.data)) as drawn:
        assert drawn.size == (256, 256)
    etag = answer.headers["ETag"]
    assert Surfer(house).get(path.group(1), headers={"If-None-Match": etag}).status_code == 304
    bare = Surfer(house).get(path.group(1).split("?")[0])
    assert "immutable" not in bare.headers["Cache-Control"]


def test_a_file_that_is_no_picture_is_a_fault_at_its_field(partner: Surfer) -> None:
    svg = io.BytesIO(b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>")

    answer = partner.send("/portal/apps/new", **FIELDS, logo=(svg, "logo.svg"))

    assert answer.status_code == 422
    assert 'id="logo-fault"' in answer.text


def test_a_logo_of_a_megabyte_fits_and_a_larger_one_is_told_so(partner: Surfer) -> None:
    def status(size: int) -> int:
        logo = FileStorage(io.BytesIO(picture().read().ljust(size, b"\0")), "a.png", "logo")
        fields = FIELDS | {"csrf_token": partner.token("/portal/apps/new"), "logo": logo}
        # Encoded here: the test client would leave a temporary file open behind it.
        boundary, body = encode_multipart(MultiDict(fields))
        answer = partner.http.post(
            "/portal/apps/new",
            data=body,
            content_type=f"multipart/form-data; boundary={boundary}",
        )
        return answer.status_code

    assert [status(size) for size in (1_048_576, 1_048_577, 1_400_000)] == [201, 422, 413]


def test_nobody_sees_the_apps_of_others(house: House, partner: Surfer) -> None:
    partner.send("/portal/apps/new", **FIELDS)
    client_id = house.look(lambda s: s.scalars(select(Client.id)).one())
    other = Surfer(house)
    other.sign_in(email_of(house, house.person("Mallory")))

    assert "Cashflow Weather" not in other.get("/portal/").text
    theirs = other.get(f"/portal/apps/{client_id}")
    nobodys = other.get("/portal/apps/cli_nonsense")
    assert theirs.status_code == nobodys.status_code == 404
    assert "Cashflow" not in theirs.text


def test_a_logo_that_does_not_exist_is_a_plain_404(surfer: Surfer) -> None:
    for client_id in ("cli_1", "%00", "..%2f..", "💩"):
        assert surfer.get(f"/clients/{client_id}/logo").status_code in (400, 404)
