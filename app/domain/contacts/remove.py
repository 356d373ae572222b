"""Remove a contact that nothing refers to."""

from sqlalchemy.orm import Session

from app.domain.audit.actor import OPERATOR, Actor
from app.domain.audit.record import record
from app.domain.contacts.find import ContactRecord
from app.domain.contacts.searched import RESOURCE
from app.domain.contacts.tables import Contact
from app.domain.events.note import note_change
from app.kernel.errors import Invalid
from app.storage.references import references_to
from app.storage.search import forget_searchable
from app.storage.tenancy import remove


class StillReferenced(Invalid):
    """Something still refers to what was to be deleted; `reason` names it."""

    code = "still_referenced"

    def __init__(self, what: str, *, references: tuple[str, ...]) -> None:
        reason = (
            f"The {what} cannot be deleted because it is referenced by: {', '.join(references)}"
        )
        super().__init__("This object cannot be deleted.", reason=reason)


def remove_contact(
    session: Session, contact: ContactRecord, *, organisation: str, by: Actor = OPERATOR
) -> None:
    """Delete a contact. Raises StillReferenced while a document names it."""
    references = references_to(session, Contact, organisation=organisation, row_id=contact.id)
    if references:
        raise StillReferenced("contact", references=references)
    session.execute(remove(Contact, organisation=organisation).where(Contact.id == contact.id))
    forget_searchable(session, organisation=organisation, resource=RESOURCE, id=contact.id)
    note_change(
        session,
        organisation=organisation,
        resource=RESOURCE,
        id=contact.id,
        deed="deleted",
        version=contact.version,
    )
    record(
        session,
        "contact.deleted",
        by=by,
        organisation=organisation,
        contact=contact.id,
        name=contact.name,
    )
