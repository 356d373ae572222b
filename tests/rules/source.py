"""The project's own files, for the rules that read them."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
CODE = ("app", "benchmarks", "demo", "launch", "migrations", "tests")
# Made by tools, or by running: never part of the project.
MADE = {"__pycache__", "build", "instance", "node_modules"}
SHOWN_HIDDEN = {".ci", ".gitignore", ".ruff.toml", ".djlintrc"}


def python_files(*rooms: str) -> list[Path]:
    """List the Python files of some rooms of the house, or of all of them."""
    found = [ROOT / "run", ROOT / "wsgi.py"] if not rooms else []
    for room in rooms or CODE:
        found += [path for path in files(ROOT / room) if path.suffix == ".py"]
    return sorted(found)


def files(place: Path = ROOT) -> Iterator[Path]:
    """List every file that belongs to the project."""
    for path in sorted(place.iterdir()):
        hidden = path.name.startswith(".") and path.name not in SHOWN_HIDDEN
        if hidden or path.name in MADE or path.name.endswith(".egg-info"):
            continue
        if path.is_dir():
            yield from files(path)
        else:
            yield path


@cache
def tree(path: Path) -> ast.Module:
    """Parse one file, once."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def place(path: Path, node: ast.AST | None = None) -> str:
    """Spell where something stands, as an editor opens it."""
    line = f":{getattr(node, 'lineno', 1)}" if node is not None else ""
    return f"{path.relative_to(ROOT)}{line}"


def called(node: ast.Call) -> str:
    """Answer the last word of what is called: `get` for `session.get(...)`."""
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""
