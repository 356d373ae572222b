"""What a query means once it has been read: frozen values, free of text and of SQL."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as stored
from typing import Final, Literal

Scalar = str | int
Mode = Literal["cursor", "page", "offset"]
Count = Literal["none", "capped", "exact"]


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of stored values: `low` belongs to it, `high` does not.

    A period such as 2026-Q1 is one. So is an amount finer than its column can hold: the empty
    span at the next storable value, which equals nothing and still compares exactly.
    """

    low: str | int
    high: str | int


# What a predicate compares with, already in the form in which its column stores it; `in` and
# `notin` compare with several at once.
Item = Scalar | Span | None
Value = Item | tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Operator:
    """One way to compare; `takes_null` says whether the bare word null may stand behind it."""

    name: str
    meaning: str
    takes_null: bool = False
    takes_list: bool = False


OPERATORS: Final[Mapping[str, Operator]] = {
    operator.name: operator
    for operator in (
        Operator("eq", "equal to", takes_null=True),
        Operator("not", "not equal to; includes null", takes_null=True),
        Operator("lt", "less than, or before"),
        Operator("lte", "less than or equal to, or not after"),
        Operator("gt", "greater than, or after"),
        Operator("gte", "greater than or equal to, or not before"),
        Operator("in", "equal to one of these", takes_null=True, takes_list=True),
        Operator("notin", "equal to none of these", takes_null=True, takes_list=True),
        Operator("starts", "begins with, whatever the case of its letters"),
        Operator("has", "contains every one of these words"),
    )
}
OPERATOR_WORDS: Final = tuple(OPERATORS)

PAGE_PARAMETERS: Final = ("cursor", "limit", "offset", "page", "per_page", "count")
SERVED_PARAMETERS: Final = ("filter", "q", "sort", "fields", "expand", "explain", *PAGE_PARAMETERS)
RESERVED_NAMES: Final = frozenset(SERVED_PARAMETERS)


@dataclass(frozen=True, slots=True)
class Predicate:
    """One comparison. Where it was written is no part of its meaning.

    That is a `parameter` and the `position` in it, or a `pointer` into a body.
    """

    field: str
    operator: str
    value: Value
    parameter: str | None = stored(default=None, compare=False)
    position: int | None = stored(default=None, compare=False)
    pointer: str | None = stored(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class And:
    """True where every term is."""

    terms: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """True where at least one term is."""

    terms: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The exact complement of its term: true wherever the term is not true."""

    term: "Condition"


Condition = Predicate | And | Or | Not


def all_of(terms: Sequence[Condition]) -> Condition | None:
    """True where every term is, without And inside And; None where there is no term."""
    if len(terms) < 2:
        return terms[0] if terms else None
    return And(_flat(terms, And))


def any_of(terms: Sequence[Condition]) -> Condition | None:
    """True where at least one term is, without Or inside Or; None where there is no term."""
    if len(terms) < 2:
        return terms[0] if terms else None
    return Or(_flat(terms, Or))


def _flat(terms: Sequence[Condition], kind: type[And] | type[Or]) -> tuple[Condition, ...]:
    flat: list[Condition] = []
    for term in terms:
        if isinstance(term, kind):
            flat.extend(term.terms)
        else:
            flat.append(term)
    return tuple(flat)


@dataclass(frozen=True, slots=True)
class Order:
    """One sort key; null sorts as the smallest value."""

    field: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which rows of the sorted list are wanted.

    `limit` is the rows on a page in every mode and `offset` the rows skipped before it; `page`
    is the number asked for in page mode; `cursor` the sealed text given in cursor mode.
    """

    mode: Mode
    limit: int
    offset: int = 0
    page: int | None = None
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """A list request as it was meant; `sort` is the resource's default where none was given.

    `search` holds the words of `q`. `fields` are the paths to show, all of them where none was
    given; `expand` the references to show whole. `explain` asks how the list would be found.
    """

    where: Condition | None
    sort: tuple[Order, ...]
    page: PageRequest
    count: Count = "none"
    search: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    expand: tuple[str, ...] = ()
    explain: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """What one query may ask for. A surface without cursors has no `depth_rows_max`.

    A list behind in or notin has at most `list_values_max` values in an address, and
    `posted_list_values_max` in a body; all lists together have at most `values_max`, for each
    value is one more parameter of a statement.
    """

    parameters_max: int = 100
    value_characters_max: int = 2_000
    predicates_max: int = 20
    sort_keys_max: int = 3
    page_rows_default: int = 50
    page_rows_max: int = 200
    depth_rows_max: int | None = 10_000
    nesting_max: int = 3
    list_values_max: int = 100
    posted_list_values_max: int = 1_000
    values_max: int = 2_000
    fields_max: int = 50
    expansions_max: int = 5
    search_words_max: int = 8
    search_word_characters_max: int = 64
    scan_rows_max: int = 5_000
    budget_ms: int = 200


LIMITS: Final = Limits()
