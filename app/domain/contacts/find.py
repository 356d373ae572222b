"""Contacts as they stand, read by their ids."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from sqlalchemy.orm import Session

from app.domain.contacts.tables import Contact
from app.kernel.errors import Missing
from app.storage.batch import Batch
from app.storage.tenancy import columns_of, hold


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a contact is: `country` is ISO 3166-1 alpha-2, `type` billing or shipping."""

    id: int
    type: str
    street: str | None = None
    city: str | None = None
    region: str | None = None
    postal_code: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Someone to talk to at a contact."""

    id: int
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class ContactRecord:
    """A contact as stored; `name` is what is shown for it. Instants are in microseconds."""

    id: str
    oid: int
    type: str
    status: str
    name: str
    company_name: str | None
    first_name: str | None
    last_name: str | None
    email: str | None
    phone: str | None
    tax_number: str | None
    addresses: tuple[Address, ...]
    contacts: tuple[Person, ...]
    version: int
    created_at: int
    updated_at: int


_BY_ID: Final = Batch(
    columns_of(
        Contact,
        Contact.id,
        Contact.oid,
        Contact.type,
        Contact.status,
        Contact.name,
        Contact.company_name,
        Contact.first_name,
        Contact.last_name,
        Contact.email,
        Contact.phone,
        Contact.tax_number,
        Contact.addresses,
        Contact.persons,
        Contact.version,
        Contact.created_at,
        Contact.updated_at,
    ),
    by=Contact.id,
)
_read_addresses = msgspec.json.Decoder(tuple[Address, ...]).decode
_read_persons = msgspec.json.Decoder(tuple[Person, ...]).decode


def contacts_by_id(
    session: Session, *, organisation: str, ids: Sequence[str]
) -> dict[str, ContactRecord]:
    """Those of the contacts named that the organisation has, by id."""
    rows = _BY_ID.rows(session, organisation=organisation, ids=ids)
    return {row[0]: _record(row) for row in rows}


def hold_contact(session: Session, *, organisation: str, id: str) -> None:
    """Hold a contact that is about to be changed or removed."""
    hold(session, Contact, organisation=organisation, id=id)


def contact_of(session: Session, contact_id: str, *, organisation: str) -> ContactRecord:
    """One contact. Raises Missing where the organisation has none with this id."""
    found = contacts_by_id(session, organisation=organisation, ids=(contact_id,))
    if contact_id not in found:
        raise Missing("There is no such contact.")
    return found[contact_id]


def _record(row: tuple[Any, ...]) -> ContactRecord:
    values: list[Any] = [*row[:11], _read_addresses(row[11]), _read_persons(row[12]), *row[13:]]
    return ContactRecord(*values)
