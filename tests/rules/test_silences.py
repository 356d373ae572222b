"""A comment that silences a tool says why, beside it."""

import io
import re
import tokenize

import pytest

from tests.rules.source import place, python_files

SILENCE = re.compile(r"#\s*(?:noqa|type:\s*ignore|pragma:)")
CODES = re.compile(r"#\s*(?:noqa(?::[A-Z0-9, ]+)?|type:\s*ignore(?:\[[^]]*\])?|pragma:[a-z ]+)")


def unexplained(text: str) -> list[str]:
    """List the silencing comments of a file that give no reason."""
    comments = [
        token.string
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type == tokenize.COMMENT and SILENCE.match(token.string)
    ]
    return [one for one in comments if not re.search("[A-Za-z]{3}", CODES.sub("", one, count=1))]


def test_every_silencing_comment_has_a_reason_beside_it():
    found = {place(path): unexplained(path.read_text()) for path in python_files()}

    assert not {path: comments for path, comments in found.items() if comments}


@pytest.mark.parametrize(
    "text", ["x = 1  # noqa\n", "x = 1  # noqa: S105\n", "x = 1  # type: ignore[misc]\n"]
)
def test_the_rule_sees_what_it_forbids(text):
    assert unexplained(text)


@pytest.mark.parametrize(
    "text",
    [
        "x = 1  # noqa: S105 - a rate, no secret\n",
        "x = 1  # type: ignore[misc] # Authlib is untyped\n",
    ],
)
def test_the_rule_takes_a_reason(text):
    assert not unexplained(text)
