"""Rows of an organisation are reached through the functions of app/storage/tenancy.py alone."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.rules.source import ROOT, called, place, python_files, tree

TENANCY = ROOT / "app" / "storage" / "tenancy.py"
ROOTS = {"OrganisationRow", "OwnedRow", "TenantRow"}
# An insert cannot forget the organisation, which leads the primary key.
STATEMENTS = {"select", "update", "delete", "exists", "aliased"}
METHODS = {"get", "get_one", "query", "merge", "select_from", "join", "outerjoin"}
RAW = r"\b(?:from|into|update|join)\s+(?:{tables})\b"


def doors() -> set[str]:
    """Name the functions that take an organisation."""
    return {node.name for node in tree(TENANCY).body if isinstance(node, ast.FunctionDef)}


def tenant_tables() -> dict[str, str]:
    """Name every tenant class with its table."""
    return {
        node.name: table
        for path in python_files("app")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef) and _bases(node) & ROOTS and (table := _table(node))
    }


def strays(module: ast.Module, tables: dict[str, str]) -> list[ast.AST]:
    """List the places of a module that reach tenant rows past the doors."""
    raw = re.compile(RAW.format(tables="|".join(tables.values())), re.IGNORECASE)
    return [
        node
        for node in ast.walk(module)
        if (isinstance(node, ast.Call) and _is_past_the_doors(node, set(tables)))
        or (isinstance(node, ast.Attribute) and node.attr == "__table__" and _name(node) in tables)
        or (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and raw.search(node.value)
        )
    ]


def test_no_statement_on_tenant_rows_begins_outside_tenancy():
    tables = tenant_tables()

    assert {"Invoice", "InvoiceLine", "Contact", "TaxRate", "Change"} <= tables.keys()
    assert not [
        place(path, node)
        for path in python_files("app")
        if path != TENANCY
        for node in strays(tree(path), tables)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "select(Invoice).where(Invoice.number == number)",
        "select(func.count(Invoice.id))",
        "session.get(Invoice, key)",
        "session.query(Invoice)",
        "sqlalchemy.update(tables.Invoice)",
        "insert(Archive).from_select(names, select(Invoice))",
        "rows_of(Contact, organisation=own).join(Invoice, Invoice.contact_id == Contact.id)",
        "Invoice.__table__.select()",
        "text('SELECT * FROM invoices')",
    ],
)
def test_the_rule_sees_what_it_forbids(text):
    assert strays(ast.parse(text), {"Invoice": "invoices", "Contact": "contacts"})


@pytest.mark.parametrize(
    "text",
    [
        "rows_of(Invoice, organisation=own).where(Invoice.number == number)",
        "select(func.count()).select_from(rows_of(Invoice, organisation=own).subquery())",
        "rows_of(Contact, organisation=own).join(Invoice, joined(Invoice, to=Contact, on=same))",
        "session.add(Invoice(org_id=own))",
        "insert(Invoice).values(org_id=own)",
        "select(Grant.id).where(Grant.id == grant)",
    ],
)
def test_the_rule_lets_the_doors_be_used(text):
    assert not strays(ast.parse(text), {"Invoice": "invoices", "Contact": "contacts"})


def _is_past_the_doors(node: ast.Call, tenants: set[str]) -> bool:
    if called(node) in {"join", "outerjoin"}:
        # Joining is right where the condition names the organisation of both sides.
        conditions = [*node.args[1:], *(keyword.value for keyword in node.keywords)]
        if any(isinstance(one, ast.Call) and called(one) in doors() for one in conditions):
            return False
    if isinstance(node.func, ast.Attribute) and called(node) not in STATEMENTS | METHODS:
        return False
    if isinstance(node.func, ast.Name) and called(node) not in STATEMENTS:
        return False
    return any(name in tenants for name in _names_in(node))


def _names_in(node: ast.Call) -> Iterator[str]:
    """Name what a call's arguments mention, but for what they hand to a door."""
    waiting: list[ast.AST] = [*node.args, *node.keywords]
    while waiting:
        current = waiting.pop()
        if isinstance(current, ast.Call) and called(current) in doors():
            continue
        if isinstance(current, ast.Name):
            yield current.id
        if isinstance(current, ast.Attribute):
            yield current.attr
        waiting.extend(ast.iter_child_nodes(current))


def _bases(node: ast.ClassDef) -> set[str]:
    return {base.id for base in node.bases if isinstance(base, ast.Name)}


def _table(node: ast.ClassDef) -> str:
    tables = [
        str(statement.value.value)
        for statement in node.body
        if isinstance(statement, ast.Assign)
        and isinstance(statement.value, ast.Constant)
        and "__tablename__" in [getattr(target, "id", "") for target in statement.targets]
    ]
    return next(iter(tables), "")


def _name(node: ast.Attribute) -> str:
    inner = node.value
    return inner.id if isinstance(inner, ast.Name) else getattr(inner, "attr", "")
