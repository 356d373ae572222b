"""Add a contact to an organisation."""

from dataclasses import replace

import msgspec
from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.domain.audit.actor import OPERATOR, Actor
from app.domain.audit.record import record
from app.domain.contacts.find import ContactRecord, contact_of
from app.domain.contacts.given import NEW, ContactFacts, ContactGiven, settle
from app.domain.contacts.searched import RESOURCE, keep_words
from app.domain.contacts.tables import Contact
from app.domain.events.note import note_change
from app.kernel.clock import epoch_us
from app.kernel.faults import Faults
from app.kernel.ids import new_id
from app.kernel.text import folded
from app.storage.oids import next_oid


def add_contact(
    session: Session,
    *,
    organisation: str,
    given: ContactGiven,
    by: Actor = OPERATOR,
    faults: Faults | None = None,
) -> ContactRecord:
    """Add a customer, lead or supplier.

    `faults` are those found in reading what was given; they are raised together with those
    found here. Raises Invalid (MandatoryAbsent, ForbiddenValue) with every fault.
    """
    faults = faults or Faults()
    facts = settle(given, kept=None, faults=faults)
    faults.raise_any()
    contact_id, now = new_id("con"), epoch_us()
    session.execute(
        insert(Contact).values(
            org_id=organisation,
            id=contact_id,
            oid=next_oid(session, organisation=organisation, table="contacts"),
            version=1,
            created_at=now,
            updated_at=now,
            **columns_for(session, facts, organisation=organisation),
        )
    )
    keep_words(session, facts, organisation=organisation, id=contact_id)
    note_change(
        session,
        organisation=organisation,
        resource=RESOURCE,
        id=contact_id,
        deed="created",
        version=1,
    )
    record(
        session,
        "contact.created",
        by=by,
        organisation=organisation,
        contact=contact_id,
    )
    return contact_of(session, contact_id, organisation=organisation)


def columns_for(session: Session, facts: ContactFacts, *, organisation: str) -> dict[str, object]:
    """The columns that hold these facts; addresses and persons without an id are given theirs."""
    addresses = tuple(
        replace(address, id=next_oid(session, organisation=organisation, table="addresses"))
        if address.id == NEW
        else address
        for address in facts.addresses
    )
    persons = tuple(
        replace(person, id=next_oid(session, organisation=organisation, table="persons"))
        if person.id == NEW
        else person
        for person in facts.contacts
    )
    return {
        "type": facts.type,
        "status": facts.status,
        "name": facts.name,
        "folded_name": folded(facts.name),
        "company_name": facts.company_name,
        "first_name": facts.first_name,
        "last_name": facts.last_name,
        "email": facts.email,
        "folded_email": None if facts.email is None else folded(facts.email),
        "phone": facts.phone,
        "tax_number": facts.tax_number,
        "addresses": msgspec.json.encode(addresses).decode(),
        "persons": msgspec.json.encode(persons).decode(),
    }
