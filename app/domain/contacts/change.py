"""Change a contact: what is left out stays, null clears, lists are replaced whole."""

from sqlalchemy import CursorResult
from sqlalchemy.orm import Session

from app.domain.audit.actor import OPERATOR, Actor
from app.domain.audit.record import record
from app.domain.contacts.add import columns_for
from app.domain.contacts.find import ContactRecord, contact_of
from app.domain.contacts.given import ContactFacts, ContactGiven, facts_of, settle
from app.domain.contacts.names import NAMES, count_renaming
from app.domain.contacts.searched import RESOURCE, keep_words
from app.domain.contacts.tables import Contact
from app.domain.events.note import note_change
from app.kernel.clock import epoch_us
from app.kernel.faults import Faults
from app.storage.tenancy import change
from app.storage.transaction import Conflict


def change_contact(
    session: Session,
    contact: ContactRecord,
    *,
    organisation: str,
    given: ContactGiven,
    by: Actor = OPERATOR,
    faults: Faults | None = None,
) -> ContactRecord:
    """Change a contact that was found just now; nothing is written where nothing changes.

    Raises Invalid with every fault, and Conflict where someone else changed it since.
    """
    faults = faults or Faults()
    facts = settle(given, kept=contact, faults=faults)
    faults.raise_any()
    before = facts_of(contact)
    if facts == before:
        return contact
    _write(session, contact, facts, organisation=organisation)
    is_renamed = facts.name != contact.name
    if is_renamed:
        count_renaming(session, organisation=organisation)
    changed = [name for name in facts.__slots__ if getattr(facts, name) != getattr(before, name)]
    note_change(
        session,
        organisation=organisation,
        resource=RESOURCE,
        id=contact.id,
        deed="updated",
        version=contact.version + 1,
        heads=(NAMES,) if is_renamed else (),
    )
    record(
        session,
        "contact.updated",
        by=by,
        organisation=organisation,
        contact=contact.id,
        version=contact.version + 1,
        changed=changed,
    )
    return contact_of(session, contact.id, organisation=organisation)


def _write(
    session: Session, contact: ContactRecord, facts: ContactFacts, *, organisation: str
) -> None:
    result = session.execute(
        change(Contact, organisation=organisation)
        .where(Contact.id == contact.id, Contact.version == contact.version)
        .values(
            version=contact.version + 1,
            updated_at=max(epoch_us(), contact.updated_at + 1),
            **columns_for(session, facts, organisation=organisation),
        )
    )
    assert isinstance(result, CursorResult)
    if result.rowcount != 1:
        raise Conflict("Someone else changed this contact at the same moment; read it again.")
    keep_words(session, facts, organisation=organisation, id=contact.id)
