"""Adding organisations."""

import pytest
from sqlalchemy.orm import Session

from app.domain.identity.find import organisation_of
from app.domain.identity.organisations import add_organisation
from app.kernel.errors import Invalid

GOOD = {
    "name": "Wattle & Co",
    "country": "AU",
    "currency": "AUD",
    "timezone": "Australia/Sydney",
}


def test_an_organisation_is_found_again(session: Session) -> None:
    added = add_organisation(session, **GOOD)

    assert organisation_of(session, added.id) == added
    assert not added.is_suspended


def test_every_fault_is_told_at_once(session: Session) -> None:
    with pytest.raises(Invalid) as refused:
        add_organisation(session, name=" ", country="XX", currency="ZZZ", timezone="Mars/Olympus")

    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [
        ("/name", "required"),
        ("/country", "unknown_country"),
        ("/currency", "unknown_currency"),
        ("/timezone", "unknown_timezone"),
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("country", "au"),
        ("country", "AUS"),
        ("country", ""),
        ("currency", "aud"),
        ("currency", "XXX"),
        ("timezone", "../etc/passwd"),
        ("timezone", "australia/sydney"),
        ("timezone", ""),
        ("name", "Wattle\u202eoC"),
        ("name", "Wattle\n"),
        ("name", "W" * 121),
    ],
)
def test_each_fault_is_found_where_it_stands(session: Session, field: str, value: str) -> None:
    with pytest.raises(Invalid) as refused:
        add_organisation(session, **GOOD | {field: value})

    assert [fault.pointer for fault in refused.value.faults] == [f"/{field}"]
