"""What is wrong with a comparison, told at its place in a parameter, with the parameter mended."""

from app.kernel.errors import Fault
from app.query.comparison import Slip
from app.query.faults import corrected, shown
from app.query.terms import Edit, Term, Unfinished


def slip_fault(
    slip: Slip, term: Term, *, field: str, parameter: str, text: str, is_bracketed: bool = False
) -> Fault:
    """The fault of a comparison that stands as `term` in the text of a parameter.

    The bracketed form has its operator in the parameter's name.
    """
    fix = None
    if slip.operator_cure is not None and is_bracketed:
        fix = corrected(f"{field}[{slip.operator_cure}]", text)
    elif slip.operator_cure is not None:
        written = len(term.operator) + 1 if term.operator else 0
        edit = Edit(term.start, term.start + written, f"{slip.operator_cure}:")
        fix = corrected(parameter, edit.made_in(text))
    elif slip.operand is not None and slip.operand_cure is not None:
        edit = Edit(slip.operand.position, slip.operand.end, slip.operand_cure)
        fix = corrected(parameter, edit.made_in(text))
    return Fault(
        slip.code,
        slip.detail,
        parameter=shown(parameter),
        position=term.start if slip.operand is None else slip.operand.position,
        field=field,
        suggestions=slip.suggestions,
        fix=fix,
    )


def syntax_fault(
    unfinished: Unfinished, *, parameter: str, text: str, field: str | None = None
) -> Fault:
    """The fault of a text that cannot be taken apart."""
    edit = unfinished.edit
    return Fault(
        "syntax",
        unfinished.detail,
        parameter=shown(parameter),
        position=unfinished.position,
        field=field,
        fix=None if edit is None else corrected(parameter, edit.made_in(text)),
    )
