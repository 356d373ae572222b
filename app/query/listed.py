"""Lists in SQL: each is one parameter however long it is, so that one statement serves them all."""

from collections.abc import Sequence
from typing import Any, Final, Self

import msgspec
from sqlalchemy import Boolean, String
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine

from app.query.grammar import Scalar

_encode: Final = msgspec.json.Encoder().encode
# SQLite looks for an edge among the first of each so many, then among those behind it. Even, so
# that what lies beyond all of a block lies in no period.
_BLOCK: Final = 32


class ListOf(TypeDecorator[Sequence[Scalar]]):
    """Many values in one parameter: an array in PostgreSQL, and JSON in SQLite.

    JSON keeps whole numbers of 64 bits exact in SQLite. It cannot hold control code 0, which no
    operand has.
    """

    impl = String
    cache_ok = True

    def __init__(self, element: TypeEngine[Any]) -> None:
        """`element` is the type of each value."""
        super().__init__()
        self.element = element

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The type of the parameter itself."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.ARRAY(self.element))
        return dialect.type_descriptor(String())

    def process_bind_param(self, value: Sequence[Scalar] | None, dialect: Dialect) -> Any:
        """The values as the driver takes them."""
        return None if value is None else written(value, dialect)


def written(values: Sequence[Scalar], dialect: Dialect) -> list[Scalar] | str:
    """The values of a list as this database's driver takes them."""
    return list(values) if dialect.name == "postgresql" else _encode(values).decode()


class _Claim(FunctionElement[bool]):
    """A claim of a column and a list, written in brackets: it never needs any more of them."""

    type = Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> Self:
        """Itself: compared with true, as SQLite's booleans are, it would be lost on an index."""
        return self


class OneOf(_Claim):
    """Whether a column has one of the values of a list: `OneOf(column, values)`."""

    name = "one_of"
    inherit_cache = True


class Inside(_Claim):
    """Whether a column lies inside one of many periods: `Inside(column, edges)`.

    The edges of periods that neither touch nor overlap, in order: what has an odd number of them
    at or below it lies inside. Made for looking at row by row; no index answers it.
    """

    name = "inside"
    inherit_cache = True


@compiles(OneOf, "sqlite")
def _one_of_json(element: OneOf, compiler: SQLCompiler, **how: Any) -> str:
    column, values = (compiler.process(each, **how) for each in element.clauses)
    # Both are SQL that was compiled already.
    return f"({column} IN (SELECT value FROM json_each({values})))"  # noqa: S608 - compiled SQL


@compiles(OneOf, "postgresql")
def _one_of_array(element: OneOf, compiler: SQLCompiler, **how: Any) -> str:
    column, values = (compiler.process(each, **how) for each in element.clauses)
    return f"({column} = ANY ({values}))"


@compiles(Inside, "sqlite")
def _inside_json(element: Inside, compiler: SQLCompiler, **how: Any) -> str:
    # Parameters go by place, so each is compiled where it stands. Both tables are made once and
    # not for every row: the longest list then costs some 10 µs a row, and not 100 µs.
    column, edges = element.clauses
    made, first = compiler.process(edges, **how), compiler.process(edges, **how)
    low, high = compiler.process(column, **how), compiler.process(column, **how)
    # All four are SQL that was compiled already.
    return (
        "((WITH list_edges AS MATERIALIZED"  # noqa: S608 - compiled SQL
        f" (SELECT key, value, key / {_BLOCK} AS block FROM json_each({made})),"
        " list_blocks AS MATERIALIZED"
        f" (SELECT key / {_BLOCK} AS block, value FROM json_each({first})"
        f" WHERE key % {_BLOCK} = 0)"
        " SELECT min(list_edges.key) FROM list_edges WHERE list_edges.block ="
        f" (SELECT max(list_blocks.block) FROM list_blocks WHERE list_blocks.value <= {low})"
        f" AND list_edges.value > {high}) & 1 = 1)"
    )


@compiles(Inside, "postgresql")
def _inside_array(element: Inside, compiler: SQLCompiler, **how: Any) -> str:
    column, edges = (compiler.process(each, **how) for each in element.clauses)
    return f"(width_bucket({column}, {edges}) & 1 = 1)"
