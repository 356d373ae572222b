"""The sections of the first page of the documentation, in their order."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Section:
    """One section: its anchor, its heading, and the words by which it is found."""

    anchor: str
    title: str
    keywords: str


SECTIONS: Final = (
    Section(
        "token",
        "Get a token",
        "oauth authorization code pkce s256 refresh scope consent sign-in bearer client register",
    ),
    Section("first-call", "Make the first call", "curl python typescript sample organisation me"),
    Section(
        "organisations", "Name the organisation", "organisation header several connections tenant"
    ),
    Section(
        "grammar",
        "Filter a list",
        "query grammar filter and or not null period quoted text timezone search q post tree",
    ),
    Section("operators", "Operators", "eq not lt lte gt gte in notin starts has comparison"),
    Section("sort", "Sort a list", "sort order ascending descending null"),
    Section("shape", "Choose what is shown", "fields expand select sparse include"),
    Section(
        "paging",
        "Walk through pages",
        "cursor limit page per_page offset total count link next prev pagination",
    ),
    Section("cost", "Why no query is slow", "explain plan index window scanned budget"),
    Section("errors", "Errors", "problem json rfc 9457 code status detail fix suggestions"),
    Section(
        "etags", "Ask only for what changed", "etag if-none-match if-match 304 412 428 version"
    ),
    Section("limits", "Limits", "rate limit 429 retry-after x-ratelimit budget minute second"),
    Section("changes", "Follow every change", "changes feed sync tombstone after sequence"),
    Section(
        "test-mode", "Try it without harm", "test mode sandbox livemode ch_test_ playground demo"
    ),
)
