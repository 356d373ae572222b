"""A resource, said once: its fields, what may be filtered and sorted, its scopes and its acts.

Surfaces, documents and tests read this; none of them says any of it again.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, Final, Literal, Protocol

from sqlalchemy import ColumnElement, Select
from sqlalchemy.orm import QueryableAttribute, Session

from app.api.resources.kinds import Kind, Reference
from app.domain.audit.actor import Actor
from app.kernel.faults import Faults
from app.query.fields import Field, QueryFields, Search
from app.query.grammar import Order
from app.query.listing import Listing

# Who may write a field: us alone; the client; the client, to name an entry of a list; or
# nobody, since it follows from the place in the list.
Access = Literal["computed", "editable", "names", "placed"]
Column = ColumnElement[Any] | QueryableAttribute[Any]
# The columns that tell which rendering of a row is meant: id, version, and what else it shows.
Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Attribute:
    """One field. With a `column` lists are filtered by it; `source` is its name in the record.

    `is_shown` False makes a field that only queries know. `normalised` and `place` are those of
    a query's Field: the folded column for `starts`, and the mark of its words for `has`.
    """

    name: str
    kind: Kind
    access: Access = "computed"
    column: Column | None = None
    operators: tuple[str, ...] | None = None
    is_sortable: bool = False
    source: str | None = None
    is_shown: bool = True
    normalised: Column | None = None
    place: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Many:
    """A field that holds a list of records; sent, it becomes the whole list."""

    name: str
    shape: "Shape"
    entries_max: int
    source: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """The fields of a record, in the order in which they are shown.

    `record` is the frozen class that is shown; its types say which fields may be null. `given`
    is the frozen class that acts take: what was sent, with UNSET where nothing was. `needs`
    names the fields without which nothing new is made.
    """

    fields: tuple[Attribute | Many, ...]
    record: type[Any]
    given: Callable[..., Any] | None = None
    needs: tuple[str, ...] = ()
    shown: tuple[Attribute | Many, ...] = field(init=False)
    known: frozenset[str] = field(init=False)
    paths: tuple[str, ...] = field(init=False)
    _writers: tuple[tuple[str, Callable[[Any, Any], object]], ...] = field(init=False)

    def __post_init__(self) -> None:
        shown = tuple(one for one in self.fields if isinstance(one, Many) or one.is_shown)
        object.__setattr__(self, "shown", shown)
        object.__setattr__(self, "known", frozenset(one.name for one in shown))
        object.__setattr__(self, "paths", tuple(_paths(shown)))
        object.__setattr__(self, "_writers", tuple((one.name, _writer(one)) for one in shown))

    def write(self, record: Any, within: Any = None) -> dict[str, object]:
        """A record as JSON values. `within` is the record that a nested one belongs to."""
        whole = record if within is None else within
        return {name: write(record, whole) for name, write in self._writers}


class Create(Protocol):
    """Make one, from what was given, with what was found wrong in reading it."""

    def __call__(
        self, session: Session, *, organisation: str, given: Any, by: Actor, faults: Faults
    ) -> Any: ...


class Change(Protocol):
    """Change one that was found."""

    def __call__(
        self,
        session: Session,
        record: Any,
        /,
        *,
        organisation: str,
        given: Any,
        by: Actor,
        faults: Faults,
    ) -> Any: ...


class Remove(Protocol):
    """Delete one that was found."""

    def __call__(
        self, session: Session, record: Any, /, *, organisation: str, by: Actor
    ) -> None: ...


class Hold(Protocol):
    """Hold one until the transaction ends."""

    def __call__(self, session: Session, *, organisation: str, id: str) -> None: ...


class ById(Protocol):
    """Those of the records named that the organisation has, by id."""

    def __call__(
        self, session: Session, *, organisation: str, ids: Sequence[str]
    ) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Expansion:
    """A reference that may be shown whole, to whoever may read what it refers to.

    `path` is where it then stands, at most inside one list; `source` is the shown field beside
    it that holds the id of one of `target`.
    """

    path: str
    source: str
    target: "Resource"

    def shows(self, path: str) -> bool:
        """Whether this path lies inside what is shown."""
        return path.startswith(f"{self.path}.")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Resource:
    """One resource. `name` is its path segment and `word` what one of it is called.

    `keys` selects the organisation's rows: the columns of `key_of`, in the same order, which
    change whenever what is shown of the row does. `paths` are what queries know beside the
    fields of its own row: those of rows that belong to it, or that it points at.
    """

    name: str
    word: str
    prefix: str
    shape: Shape
    keys: Select[Any]
    key_of: Callable[[Any], Key]
    by_id: ById
    read_scope: str
    write_scope: str | None = None
    create: Create | None = None
    change: Change | None = None
    remove: Remove | None = None
    hold: Hold | None = None
    default_sort: tuple[Order, ...] = (Order("id", descending=True),)
    expansions: tuple[Expansion, ...] = ()
    draws_on: tuple[str, ...] = ()
    paths: tuple[Field, ...] = ()
    search: Search | None = None
    listing: Listing = field(init=False)

    def __post_init__(self) -> None:
        declared = tuple(
            Field(
                one.name,
                one.kind.query_type,
                one.column,
                operators=one.operators,
                is_sortable=one.is_sortable,
                normalised=one.normalised,
                place=one.place,
            )
            for one in self.shape.fields
            if isinstance(one, Attribute) and one.column is not None
        )
        within = (
            f"{one.path}.{path}" for one in self.expansions for path in one.target.shape.paths
        )
        whole = (one.path for one in self.expansions)
        fields = QueryFields(
            self.word,
            (*declared, *self.paths),
            self.default_sort,
            selectable=tuple(dict.fromkeys((*self.shape.paths, *whole, *within))),
            expandable={one.path: one.target.read_scope for one in self.expansions},
            search=self.search,
        )
        object.__setattr__(self, "listing", Listing(fields, self.keys))


def _paths(shown: Sequence[Attribute | Many]) -> Iterator[str]:
    """Every path that `fields` may name: each field, and what lies inside it."""
    for one in shown:
        yield one.name
        if isinstance(one, Many):
            yield from (f"{one.name}.{path}" for path in one.shape.paths)
        elif isinstance(one.kind, Reference):
            yield from (f"{one.name}.{path}" for path in ("id", "name"))


def _writer(declared: Attribute | Many) -> Callable[[Any, Any], object]:
    read: Final = attrgetter(declared.source or declared.name)
    if isinstance(declared, Many):
        shape = declared.shape
        return lambda record, whole: [shape.write(entry, whole) for entry in read(record)]
    write = declared.kind.write
    return lambda record, whole: write(read(record), whole)
