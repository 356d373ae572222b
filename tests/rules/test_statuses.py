"""Below the protocol engines nobody speaks HTTP: errors have a kind, and the edge a status."""

import ast

import pytest

from tests.rules.source import place, python_files, tree

BELOW = ("app/kernel", "app/query", "app/storage", "app/domain")
WORDS = {"status_code", "http_status", "HTTPStatus", "abort", "HTTPException"}


def spoken_http(module: ast.Module) -> list[ast.AST]:
    """List the nodes of a module that speak of HTTP statuses."""
    return [
        node
        for node in ast.walk(module)
        if (isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "http")
        or (
            isinstance(node, ast.Import) and any(n.name.split(".")[0] == "http" for n in node.names)
        )
        or (isinstance(node, ast.Attribute) and node.attr in WORDS)
        or (isinstance(node, ast.Name) and node.id in WORDS)
        or (isinstance(node, ast.keyword) and node.arg in WORDS)
    ]


def test_nobody_below_the_engines_knows_an_http_status():
    assert not [
        place(path, node) for path in python_files(*BELOW) for node in spoken_http(tree(path))
    ]


@pytest.mark.parametrize(
    "text", ["from http import HTTPStatus", "error.status_code", "refuse(status_code=404)"]
)
def test_the_rule_sees_what_it_forbids(text):
    assert spoken_http(ast.parse(text))
