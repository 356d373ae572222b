"""One call of the API written in three languages, ready to be copied and run."""

import json
import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from app.api.openapi.samples import SAMPLE_ULID
from app.query.faults import corrected

INDENT: Final = "    "
_SAMPLED: Final = re.compile(rf"\b[a-z]+_{SAMPLE_ULID}")
# What curl would take for a pattern of several addresses.
_GLOBS: Final = frozenset("[]{}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleCall:
    """What is asked. `body` is JSON text; without `has_answer` there is no body to read."""

    method: str
    url: str
    query: tuple[tuple[str, str], ...] = ()
    body: str | None = None
    has_answer: bool = True

    @property
    def replaced(self) -> str | None:
        """What whoever runs it is told first: which ids to put their own in place of."""
        found = dict.fromkeys(_SAMPLED.findall(f"{self.url} {self.body or ''}"))
        return f"Put an id of yours in place of {' and '.join(found)}." if found else None

    @property
    def address(self) -> str:
        """The whole address, encoded no more than it must be."""
        written = "&".join(corrected(name, value) for name, value in self.query)
        return f"{self.url}?{written}" if written else self.url


@dataclass(frozen=True, slots=True)
class Sample:
    """The call in one language; `key` is its short name."""

    key: str
    language: str
    text: str


def samples(call: SampleCall) -> tuple[Sample, ...]:
    """The call in every language. Each reads the access token from the environment, as TOKEN."""
    return tuple(Sample(key, language, write(call)) for key, language, write in LANGUAGES)


def curl(call: SampleCall) -> str:
    """For a shell."""
    parts = ["curl --fail-with-body"]
    if _GLOBS.intersection(call.address):
        parts[0] += " -g"
    if call.method != "GET":
        parts[0] += f" -X {call.method}"
    parts[0] += f" {shlex.quote(call.address)}"
    parts.append('-H "Authorization: Bearer $TOKEN"')
    if call.body is not None:
        parts.append('-H "Content-Type: application/json"')
        parts.append(f"--data-binary {shlex.quote(_laid_out(call.body))}")
    return _told("#", call) + " \\\n  ".join(parts)


def python(call: SampleCall) -> str:
    """For Python with requests."""
    arguments = [json.dumps(call.url, ensure_ascii=False)]
    if call.query:
        pairs = "".join(f"{INDENT * 2}{_pair(name, value)},\n" for name, value in call.query)
        arguments.append(f"params=[\n{pairs}{INDENT}]")
    arguments.append('headers={"Authorization": f"Bearer {os.environ[\'TOKEN\']}"}')
    if call.body is not None:
        literal = _python_literal(json.loads(call.body)).replace("\n", f"\n{INDENT}")
        arguments.append(f"json={literal}")
    arguments.append("timeout=30")
    inside = "".join(f"{INDENT}{argument},\n" for argument in arguments)
    told = 'answer.json()["data"]' if call.has_answer else "answer.status_code"
    return (
        f"import os\n\nimport requests\n\n{_told('#', call)}"
        f"answer = requests.{call.method.lower()}(\n{inside})\n"
        f"if not answer.ok:\n{INDENT}raise SystemExit(answer.text)\nprint({told})"
    )


def typescript(call: SampleCall) -> str:
    """For TypeScript with fetch, in Node or wherever top-level await is."""
    headers = ["    Authorization: `Bearer ${process.env.TOKEN}`,\n"]
    options = []
    if call.method != "GET":
        options.append(f'  method: "{call.method}",\n')
    if call.body is not None:
        headers.append('    "Content-Type": "application/json",\n')
    options.append(f"  headers: {{\n{''.join(headers)}  }},\n")
    if call.body is not None:
        literal = _laid_out(call.body).replace("\n", "\n  ")
        options.append(f"  body: JSON.stringify({literal}),\n")
    told = (
        "const { data } = await answer.json();\nconsole.log(data);"
        if call.has_answer
        else "console.log(answer.status);"
    )
    return (
        f"{_told('//', call)}"
        f"const answer = await fetch({json.dumps(call.address)}, {{\n{''.join(options)}}});\n"
        f"if (!answer.ok) throw new Error(await answer.text());\n{told}"
    )


LANGUAGES: Final[tuple[tuple[str, str, Callable[[SampleCall], str]], ...]] = (
    ("curl", "curl", curl),
    ("python", "Python", python),
    ("typescript", "TypeScript", typescript),
)


def _told(mark: str, call: SampleCall) -> str:
    """What is to be replaced, as a comment."""
    return f"{mark} {call.replaced}\n" if call.replaced else ""


def _laid_out(body: str) -> str:
    return json.dumps(json.loads(body), indent=2, ensure_ascii=False)


def _pair(name: str, value: str) -> str:
    # What JSON escapes, Python reads in the same way.
    return f"({json.dumps(name, ensure_ascii=False)}, {json.dumps(value, ensure_ascii=False)})"


def _python_literal(value: object, depth: int = 0) -> str:
    """A JSON value as Python writes it, one entry a line."""
    inner, outer = INDENT * (depth + 1), INDENT * depth
    if isinstance(value, dict) and value:
        entries = (
            f"{inner}{json.dumps(name)}: {_python_literal(each, depth + 1)},\n"
            for name, each in value.items()
        )
        return f"{{\n{''.join(entries)}{outer}}}"
    if isinstance(value, list) and value:
        entries = (f"{inner}{_python_literal(each, depth + 1)},\n" for each in value)
        return f"[\n{''.join(entries)}{outer}]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return repr(value)
