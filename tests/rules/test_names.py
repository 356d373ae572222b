"""Files and functions are named for what they do; some names say nothing."""

import ast
import re

import pytest

from tests.rules.source import place, python_files, tree

EMPTY_FILE = re.compile(r"^(utils?|helpers?|managers?|common|base|misc|core|shared|stuff)$")
EMPTY_FUNCTION = re.compile(r"^_*(process|handle|manage)_")
EMPTY_CLASS = re.compile(r"(Manager|Helper|Util|Utils|Processor)$")
# What the standard library's parsers and Authlib's server call back by these names.
GIVEN = {
    *("handle_data", "handle_endtag", "handle_error", "handle_startendtag", "handle_starttag"),
    *("handle_error_response", "handle_response", "process_bind_param"),
}


def empty_names(module: ast.Module) -> list[ast.AST]:
    """List the functions and classes of a module whose names say nothing."""
    return [
        node
        for node in ast.walk(module)
        if (
            isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            and node.name not in GIVEN
            and EMPTY_FUNCTION.search(node.name)
        )
        or (isinstance(node, ast.ClassDef) and EMPTY_CLASS.search(node.name))
    ]


def test_no_file_is_named_after_nothing():
    assert not [place(path) for path in python_files() if EMPTY_FILE.match(path.stem)]


def test_no_function_or_class_is_named_after_nothing():
    assert not [place(path, node) for path in python_files() for node in empty_names(tree(path))]


@pytest.mark.parametrize("text", ["def process_invoice(): ...", "class KeyManager: ..."])
def test_the_rule_sees_what_it_forbids(text):
    assert empty_names(ast.parse(text))
