"""The sections of the first page of the documentation, in their order."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Section:
    """One section: its anchor, its heading, what it tells, and the words by which it is found."""

    anchor: str
    title: str
    text: str
    keywords: str


SECTIONS: Final = (
    Section(
        "token",
        "Get a token",
        "Send a person through the authorization page with PKCE; exchange, refresh and revoke.",
        "oauth authorization code pkce s256 refresh scope consent sign-in bearer client register",
    ),
    Section(
        "first-call",
        "Make the first call",
        "One call in curl, Python and TypeScript, and what an answer looks like.",
        "curl python typescript sample organisation me",
    ),
    Section(
        "organisations",
        "Name the organisation",
        "A token may reach several organisations; the header `Organisation` names one.",
        "organisation header several connections tenant",
    ),
    Section(
        "grammar",
        "Filter a list",
        "Each field is a parameter, `field=operator:value`; `filter` joins them by and, or, not.",
        "query grammar filter and or not null period quoted text timezone search q post tree",
    ),
    Section(
        "operators",
        "Operators",
        "Every way to compare, and what each takes.",
        "eq not lt lte gt gte in notin starts has comparison",
    ),
    Section(
        "sort",
        "Sort a list",
        "Up to three keys, a minus sign for descending; null is the smallest.",
        "sort order ascending descending null",
    ),
    Section(
        "shape",
        "Choose what is shown",
        "`fields` shows only what you name, `expand` shows whole what is referred to.",
        "fields expand select sparse include",
    ),
    Section(
        "paging",
        "Walk through pages",
        "Walk by `cursor`, or by numbered pages where they are shallow.",
        "cursor limit page per_page offset total count link next prev pagination",
    ),
    Section(
        "cost",
        "Why no query is slow",
        "Filters and sorts have indexes; all else is looked for within a window.",
        "explain plan index window scanned budget",
    ),
    Section(
        "errors",
        "Errors",
        "Every refusal is a problem with all of its faults; its `type` leads to a page.",
        "problem json rfc 9457 code status detail fix suggestions",
    ),
    Section(
        "warnings",
        "Warnings about bodies",
        "A body may hold more than is known here; what has no effect is told in `warnings`.",
        "warnings unknown member field body lenient strict ignored misspelt typo pointer",
    ),
    Section(
        "etags",
        "Ask only for what changed",
        "`If-None-Match` asks only for what is new, `If-Match` changes only what you read.",
        "etag if-none-match if-match 304 412 428 version",
    ),
    Section(
        "limits",
        "Limits",
        "How many calls are admitted, which headers tell, and how large a body may be.",
        "rate limit 429 retry-after x-ratelimit budget minute second",
    ),
    Section(
        "changes",
        "Follow every change",
        "One feed tells which objects changed, in the order of the commits.",
        "changes feed sync tombstone after sequence",
    ),
    Section(
        "test-mode",
        "Try it without harm",
        "Test organisations have books that concern nobody; the playground reaches only those.",
        "test mode sandbox livemode ch_test_ playground demo",
    ),
)
