"""Every code that the API refuses with, read from the one table of them, docs/errors.md."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

TABLE: Final = Path(__file__).parents[3] / "docs" / "errors.md"
_REFUSAL: Final = re.compile(r"^\| (\d{3}) \| (\d+) \| `(\w+)` \| (.+) \|$", re.MULTILINE)
_FAULT: Final = re.compile(r"^\| `(\w+)` \| (.+) \|$", re.MULTILINE)

# What to do about a refusal, by its status.
ADVICE: Final = {
    400: "Mend the request: sent again as it is, it will be refused again.",
    401: "Get a new access token with your refresh token. If that is refused too, ask the person "
    "to connect once more.",
    403: "Ask the person for what is missing: send them through the authorization page with the "
    "scope you need. Trying again changes nothing.",
    404: "Check the address and the id. What the connection cannot see is answered as if it did "
    "not exist.",
    405: "Use one of the methods that the `Allow` header of the answer names.",
    406: "Leave out the `Accept` header, or accept `application/json`.",
    409: "Read the object again, decide afresh, and repeat the request.",
    412: "Read the object again, apply your change to what it is now, and send its new `ETag`.",
    413: "Send less at once.",
    415: "Send the body as plain `application/json` in UTF-8.",
    422: "Read `errors`: each entry names the field or parameter, and where we know it the cure.",
    428: "Send `If-Match` with the `ETag` of the object as you last read it.",
    429: "Wait as many seconds as `Retry-After` says. `X-RateLimit-Remaining` shows beforehand "
    "how much is left.",
    500: "Nothing was changed. Try again, and tell us the `request_id` if it persists.",
    503: "Nothing was changed. Try again after `Retry-After`.",
}
# What says more than the status does, by the code.
ADVICE_OF: Final = {
    "organisation_required": "Name one of the `organisations` that the answer lists in the header "
    "`Organisation`.",
    "token_in_query": "Send it as `Authorization: Bearer …`, and get a new one: this one may "
    "stand in logs by now.",
    "organisation_not_granted": "Read `GET /v1/connections`: those are the organisations that the "
    "token reaches. For another, the person connects once more and chooses it.",
    "person_required": "Call it with a token that a person has allowed.",
    "no_such_address": "Compare the address with the reference: version, spelling, and no slash "
    "at the end.",
    "invalid_query": "Each of `errors` names the `parameter` and the `position` in its value, "
    "counted from 0; where we know it, `suggestions` has the words that were meant and `fix` "
    "the whole parameter as it should be sent.",
    "query_budget": "Use the narrower filter that the fault names, sort by a field that you "
    "filter by, or ask for fewer rows and walk on by `cursor`.",
    "still_referenced": "Change or delete what refers to it first, or keep it: `reason` says "
    "what refers.",
    "not_draft": "Look at `status` before you change or delete: only a `draft` can be. All else "
    "stays as it was sent out.",
    "outside_validity": "Choose a tax rate that holds on the invoice's `date`: see `valid_from` "
    "and `valid_to` of `GET /v1/tax-rates`.",
    "due_before_date": "Send a `due_date` on or after `date`; where you send only one of them, "
    "mind the other that is there.",
    "mandatory_absent": "Send the field that `pointer` names, with a value.",
    "forbidden_value": "Leave the field out that `pointer` names, or clear it with null.",
}
# Queries that are refused, one for each code that can be shown on invoices.
REFUSED_QUERIES: Final = {
    "invalid_query": "statsu=draft&total=gtee:100",
    "unknown_parameter": "statsu=draft",
    "unknown_field": "sort=-totl",
    "unknown_operator": "total=gtee:100",
    "operator_not_allowed": "status=lt:open",
    "bad_value": "status=payd",
    "syntax": 'number=eq:"INV-1',
    "duplicate_sort": "sort=date,-date",
    "not_sortable": "sort=status",
    "too_deep": "filter=not(or(and(status:eq:draft,not(number:eq:null)),status:eq:open))",
    "offset_too_deep": "page=201&per_page=200",
    "cursor_invalid": "cursor=abc",
}


@dataclass(frozen=True, slots=True)
class ErrorCode:
    """One code. Those without `status` stand inside `errors` only; `number` is the table's own."""

    code: str
    when: str
    status: int | None = None
    number: int | None = None

    @property
    def slug(self) -> str:
        """The code as addresses and problem types write it."""
        return self.code.replace("_", "-")

    @property
    def title(self) -> str:
        """The code as a problem's title writes it."""
        return self.code.replace("_", " ").capitalize()

    @property
    def advice(self) -> str | None:
        """What whoever meets it does next."""
        return ADVICE_OF.get(self.code) or ADVICE.get(self.status or 0)

    @property
    def example(self) -> str | None:
        """A query string on invoices that is refused with it."""
        return REFUSED_QUERIES.get(self.code)


@lru_cache(maxsize=1)
def error_codes() -> dict[str, ErrorCode]:
    """Each code by its name: whole refusals first, then what only `errors` tells."""
    text = TABLE.read_text(encoding="utf-8")
    codes = {
        code: ErrorCode(code, when, int(status), int(number))
        for status, number, code, when in _REFUSAL.findall(text)
    }
    for code, when in _FAULT.findall(text):
        codes.setdefault(code, ErrorCode(code, when))
    return codes


def code_of(slug: str) -> ErrorCode | None:
    """The code that an address names, written with hyphens."""
    return None if "_" in slug else error_codes().get(slug.replace("-", "_"))
