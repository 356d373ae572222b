"""What of a contact can be searched, and by which words."""

from typing import Final

from sqlalchemy.orm import Session

from app.domain.contacts.given import ContactFacts
from app.storage.search import KeptTexts, keep_searchable

RESOURCE: Final = "contacts"
# The mark of the words of its name.
NAME: Final = "n"
COVERED: Final = (
    "name",
    "company_name",
    "first_name",
    "last_name",
    "email",
    "phone",
    "tax_number",
)
TEXTS: Final = KeptTexts(RESOURCE)


def keep_words(session: Session, facts: ContactFacts, *, organisation: str, id: str) -> None:
    """Keep the words of a contact in step with it."""
    keep_searchable(
        session,
        organisation=organisation,
        resource=RESOURCE,
        id=id,
        texts=[getattr(facts, name) for name in COVERED],
        places={NAME: facts.name},
    )
