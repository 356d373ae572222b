"""One request, one transaction, committed at the edge: nobody below it commits."""

import ast

from tests.rules.source import ROOT, called, place, python_files, tree

EDGE = ROOT / "app" / "storage" / "transaction.py"


def commits(module: ast.Module) -> list[ast.Call]:
    """List the calls that commit."""
    return [
        node
        for node in ast.walk(module)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and called(node) == "commit"
    ]


def test_nothing_but_the_edge_commits():
    assert not [
        place(path, node)
        for path in python_files("app")
        if path != EDGE
        for node in commits(tree(path))
    ]


def test_the_edge_commits_in_one_place():
    assert len(commits(tree(EDGE))) == 1
