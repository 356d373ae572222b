"""What was asked of the query builder, by its rows or as a query string, within bounds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote_plus

from werkzeug.datastructures import MultiDict

from app.api.resources.resource import Resource
from app.api.surfaces.queries import Pairs, pairs_of
from app.kernel.errors import Malformed
from app.query.faults import corrected
from app.query.grammar import LIMITS, OPERATOR_WORDS

QUERY_CHARACTERS_MAX: Final = 4_000
ROWS_MAX: Final = 12
ROWS_SHOWN_MIN: Final = 3
# Boxes of the form that are parameters of the list as they stand.
PLAIN_PARAMETERS: Final = ("q", "filter", "sort", "fields", "expand", "count", "limit")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the form."""

    field: str = ""
    operator: str = "eq"
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuilderForm:
    """What the page shows in its form, and the query that it makes.

    `refusal` says why the query string could not be taken apart.
    """

    resource: Resource
    query: str = ""
    pairs: tuple[tuple[str, str], ...] = ()
    rows: tuple[Row, ...] = ()
    plain: tuple[tuple[str, str], ...] = ()
    refusal: str | None = None

    @property
    def readable(self) -> str:
        """The query as a person reads it, which says the same when it is sent."""
        is_whole = self.refusal is None and len(self.pairs) <= LIMITS.parameters_max
        return "&".join(_readable(*pair) for pair in self.pairs) if is_whole else self.query

    @property
    def is_asked(self) -> bool:
        """Whether there is anything to answer."""
        return bool(self.query) or self.refusal is not None


def read_form(given: MultiDict[str, str], resources: Sequence[Resource]) -> BuilderForm:
    """Read the form; what is too long or not UTF-8 is refused in words."""
    resource = _resource(given, resources)
    text = given.get("query")
    if text is not None:
        return _from_text(text, resource)
    return _from_pairs(_composed(given, resource), resource)


def written(pairs: Sequence[tuple[str, str]]) -> str:
    """The pairs as a query string, encoded no more than it must be."""
    return "&".join(corrected(name, value) for name, value in pairs)


def _resource(given: MultiDict[str, str], resources: Sequence[Resource]) -> Resource:
    """The resource named; else the one whose address was pasted, else the first of invoices."""
    # The path alone is wanted, of whatever was pasted; what is no address at all has one too.
    path = given.get("query", "").partition("?")[0].partition("#")[0][:QUERY_CHARACTERS_MAX]
    wanted = (path.rstrip("/").rpartition("/")[2], given.get("resource"), "invoices")
    by_name = {resource.name: resource for resource in resources}
    return next((by_name[name] for name in wanted if name in by_name), resources[0])


def _from_text(text: str, resource: Resource) -> BuilderForm:
    text = text.strip()
    if len(text) > QUERY_CHARACTERS_MAX:
        refusal = f"A query of more than {QUERY_CHARACTERS_MAX:,} characters is not looked at here."
        return BuilderForm(resource=resource, refusal=refusal)
    # Whole addresses are pasted here too: what stands behind the question mark is the query.
    head, mark, tail = text.partition("?")
    is_address = bool(mark) and ("/" in head or not head) and "=" not in head
    query = (tail if is_address else text).partition("#")[0]
    try:
        return _from_pairs(pairs_of(query.encode("utf-8", "surrogatepass")), resource, query)
    except Malformed as malformed:
        return BuilderForm(resource=resource, query=query, refusal=malformed.message)


def _from_pairs(pairs: Pairs, resource: Resource, query: str | None = None) -> BuilderForm:
    fields = resource.listing.fields
    # One more than a query may have, so that it is told so.
    pairs = pairs[: LIMITS.parameters_max + 1]
    plain = dict(pairs)
    rows = [_row(name, value) for name, value in pairs if name in fields.by_name][:ROWS_MAX]
    blank = max(ROWS_SHOWN_MIN - len(rows), 1 if len(rows) < ROWS_MAX else 0)
    return BuilderForm(
        resource=resource,
        query=written(pairs) if query is None else query,
        pairs=tuple(pairs),
        rows=(*rows, *[Row()] * blank),
        plain=tuple((name, plain.get(name, "")) for name in PLAIN_PARAMETERS),
    )


def _row(name: str, value: str) -> Row:
    operator, colon, rest = value.partition(":")
    # Several comparisons in one parameter are shown as they were written, behind the first.
    if colon and operator in OPERATOR_WORDS:
        return Row(name, operator, rest)
    return Row(name, "eq", value)


def _composed(given: MultiDict[str, str], resource: Resource) -> Pairs:
    rows = zip(
        given.getlist("field")[:ROWS_MAX],
        given.getlist("operator")[:ROWS_MAX],
        given.getlist("value")[:ROWS_MAX],
        strict=False,
    )
    most = QUERY_CHARACTERS_MAX // 2
    pairs = [
        (field[:most], _operand(operator[:most], value[:most]))
        for field, operator, value in rows
        if field
    ]
    pairs += [(name, given[name][:most]) for name in PLAIN_PARAMETERS if given.get(name)]
    return pairs


def _readable(name: str, value: str) -> str:
    """A parameter in which only what would part it or change it is encoded."""
    seen = "".join(each if _is_plain(each) else quote(each) for each in value)
    if seen != seen.strip():
        seen = seen.replace(" ", "%20")
    return f"{quote(name, safe='[]')}={seen}"


def _is_plain(character: str) -> bool:
    return character not in "%&+#" and character.isprintable()


def _operand(operator: str, value: str) -> str:
    """The value behind its operator; eq is left out where nothing is mistaken for it."""
    if operator != "eq":
        return f"{operator}:{value}"
    if value.partition(":")[0] in OPERATOR_WORDS and ":" in value:
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'eq:"{escaped}"'
    return value


def decoded(text: str) -> str:
    """A corrected parameter as a person reads it."""
    return unquote_plus(text)
