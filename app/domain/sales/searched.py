"""What of an invoice can be searched, and by which words.

Its contact's name is not among them: one renaming would rewrite every invoice of a customer.
Lists are filtered by `contact.name` instead.
"""

from typing import Final

from sqlalchemy.orm import Session

from app.domain.sales.given import InvoiceFacts
from app.storage.search import KeptTexts, keep_searchable

RESOURCE: Final = "invoices"
# The mark of the words of its notes.
NOTES: Final = "n"
COVERED: Final = ("number", "reference", "notes", "lines.description")
TEXTS: Final = KeptTexts(RESOURCE)


def keep_words(
    session: Session, facts: InvoiceFacts, *, organisation: str, id: str, number: str | None
) -> None:
    """Keep the words of an invoice in step with it."""
    keep_searchable(
        session,
        organisation=organisation,
        resource=RESOURCE,
        id=id,
        texts=[
            number,
            facts.reference,
            facts.notes,
            *(line.description for line in facts.lines),
        ],
        places={NOTES: facts.notes},
    )
