"""Searching the documentation: titles, fields, operators and codes, without an index to keep."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from app.query.faults import closest
from app.query.grammar import OPERATORS
from app.web.docs.catalogue import Reference
from app.web.docs.error_codes import ErrorCode
from app.web.docs.guide import SECTIONS
from app.web.docs.shown_fields import ShownField

QUERY_CHARACTERS_MAX: Final = 100
WORDS_MAX: Final = 8
FOUND_MAX: Final = 50
NEAR_MAX: Final = 5

_WORD: Final = re.compile(r"[\w.-]{3,}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that can be found: what it is called, where it is, what it is and what it says.

    `keywords` are further words by which it is found, and are not shown.
    """

    title: str
    address: str
    kind: str
    text: str
    keywords: str = ""


def find(entries: Iterable[Entry], query: str) -> tuple[Entry, ...]:
    """The entries that hold every word asked for, those that are called so first."""
    words = query[:QUERY_CHARACTERS_MAX].casefold().split()[:WORDS_MAX]
    if not words:
        return ()
    ranked = []
    for place, entry in enumerate(entries):
        title = entry.title.casefold()
        whole = f"{title} {entry.kind} {entry.text} {entry.keywords}".casefold()
        if all(word in whole for word in words):
            ranked.append((_rank(title, words), place, entry))
    ranked.sort(key=lambda each: each[:2])
    return tuple(entry for _, _, entry in ranked[:FOUND_MAX])


def near(entries: Iterable[Entry], query: str) -> tuple[str, ...]:
    """Words that something is called by, for the words of a search that nothing has in it."""
    known: dict[str, None] = {}
    texts = []
    for entry in entries:
        known.update(dict.fromkeys(_WORD.findall(f"{entry.title} {entry.keywords}".casefold())))
        texts.append(f"{entry.title} {entry.kind} {entry.text} {entry.keywords}".casefold())
    asked = query[:QUERY_CHARACTERS_MAX].casefold().split()[:WORDS_MAX]
    unknown = [word for word in asked if not any(word in text for text in texts)]
    found = [each for word in unknown for each in closest(word, tuple(known))]
    return tuple(dict.fromkeys(found))[:NEAR_MAX]


def entries(pages: Iterable[Reference], codes: Iterable[ErrorCode]) -> Iterator[Entry]:
    """Everything that can be found."""
    for section in SECTIONS:
        yield Entry(
            section.title, f"/docs#{section.anchor}", "guide", section.text, section.keywords
        )
    for page in pages:
        yield from _of_page(page)
    for operator in OPERATORS.values():
        yield Entry(operator.name, "/docs#operators", "operator", operator.meaning)
    for code in codes:
        yield Entry(code.code, f"/docs/errors/{code.slug}", "error code", code.when)


def _of_page(page: Reference) -> Iterator[Entry]:
    here = f"/docs/{page.name}"
    yield Entry(page.title, here, "reference", page.about)
    for operation in page.operations:
        what = f"{operation.method} {operation.path} {' '.join(operation.scopes)}"
        yield Entry(operation.title, f"{here}#{operation.anchor}", "operation", what)
    for field in page.fields:
        yield _of_field(page.name, field.name, field)
        for inner in field.within:
            yield _of_field(page.name, f"{field.name}.{inner.name}", inner)
    for each in page.filters:
        names = " ".join(offered.operator.name for offered in each.operators)
        address = f"{here}#filter-{each.name}"
        yield Entry(f"{page.name} filter {each.name}", address, "filter", names)
    for sort in page.sorts:
        yield Entry(f"{page.name} sort {sort.name}", f"{here}#sorting", "sorting", sort.name)


def _of_field(page: str, path: str, field: ShownField) -> Entry:
    text = f"{field.meaning.text} {field.holds[:1].upper()}{field.holds[1:]}."
    return Entry(f"{page} {path}", f"/docs/{page}#field-{path}", "field", text)


def _rank(title: str, words: list[str]) -> int:
    if title == " ".join(words):
        return 0
    if title.startswith(words[0]):
        return 1
    return 2 if all(word in title for word in words) else 3
