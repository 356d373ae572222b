"""Everything that is wrong with what was given, told at once; the first fault names the error."""

from typing import Final

from app.kernel.errors import Fault, Invalid


class MandatoryAbsent(Invalid):
    """A field that must have a value has none."""

    code, number = "mandatory_absent", 3013


class ForbiddenValue(Invalid):
    """A field has a value that this variant of the thing, or a new thing, may not have."""

    code, number = "forbidden_value", 3014


# What has no form is told before what breaks a rule, whatever the order of discovery.
_FORM: Final = (MandatoryAbsent, ForbiddenValue)


class Faults:
    """Collects faults by their place, and raises them all as one error.

    A place that already has a fault is not blamed twice, nor is anything inside it: what could
    not be read cannot be judged either.
    """

    __slots__ = ("_found", "_places")

    def __init__(self) -> None:
        self._found: list[tuple[type[Invalid], Fault]] = []
        self._places: set[str] = set()

    def __len__(self) -> int:
        return len(self._found)

    def add(
        self,
        error: type[Invalid],
        detail: str,
        *,
        pointer: str,
        code: str | None = None,
        suggestions: tuple[str, ...] = (),
    ) -> None:
        """Note a fault of this kind at a JSON pointer; `code` says it closer than the error's."""
        if self._is_blamed(pointer):
            return
        self._places.add(pointer)
        fault = Fault(code or error.code, detail, pointer=pointer, suggestions=suggestions)
        self._found.append((error, fault))

    def has(self, pointer: str) -> bool:
        """Whether a fault was found at this place."""
        return pointer in self._places

    def _is_blamed(self, pointer: str) -> bool:
        while pointer:
            if pointer in self._places:
                return True
            pointer = pointer.rpartition("/")[0]
        return False

    def raise_any(self) -> None:
        """Raise the error of the first fault, carrying all of them; nothing where there is none.

        Faults of form come first: ill-typed, absent, forbidden; then broken rules.
        """
        if not self._found:
            return
        ordered = sorted(self._found, key=lambda found: not _is_form(found[0]))
        error = ordered[0][0]
        faults = tuple(fault for _, fault in ordered)
        message = faults[0].detail
        if len(faults) > 1:
            message = f"{message.rstrip('.')} (and {len(faults) - 1} more)."
        raise error(message, faults=faults)


def _is_form(error: type[Invalid]) -> bool:
    return error is Invalid or issubclass(error, _FORM)
