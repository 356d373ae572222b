"""Files and functions stay small enough to be read in one sitting."""

import ast

from tests.rules.source import ROOT, place, python_files, tree

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 50


def test_no_file_is_longer_than_400_lines():
    lengths = {path: len(path.read_text().splitlines()) for path in python_files()}

    long = {place(path): lines for path, lines in lengths.items() if lines > FILE_LINES_MAX}

    assert not long


def test_no_function_is_longer_than_50_lines():
    # A migration is a list of tables in order, with nothing in it to take apart.
    versions = ROOT / "migrations" / "versions"
    long = {
        f"{place(path, node)} {node.name}": node.end_lineno - node.lineno + 1
        for path in python_files()
        if versions not in path.parents
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno - node.lineno + 1 > FUNCTION_LINES_MAX
    }

    assert not long
