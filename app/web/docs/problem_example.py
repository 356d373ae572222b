"""A refusal as it is answered, for the page of its code."""

import json

import msgspec

from app.api.surfaces.problems import problem
from app.kernel.errors import CountinghouseError, Fault
from app.query.faults import InvalidQuery
from app.web.docs.error_codes import ErrorCode

REQUEST_ID = "req_01JZ9XQ4M7C2V8R5T1W3Y6K0NB"


def problem_example(code: ErrorCode, refused: InvalidQuery | None, *, issuer: str) -> str:
    """The problem as JSON text: of `refused` where an example was refused, else a typical one."""
    error: CountinghouseError = refused or _typical(code)
    if refused is None and code.status is None:
        fault = {"code": code.code, "detail": _plain(code.when)}
        return json.dumps({"errors": [fault]}, indent=2, ensure_ascii=False)
    answer = problem(error, issuer=issuer, request_id=REQUEST_ID)
    told = msgspec.json.decode(answer.body)
    told["status"] = code.status or told["status"]
    if refused is not None and code.status is None:
        told["errors"] = [each for each in told["errors"] if each["code"] == code.code]
    return json.dumps(told, indent=2, ensure_ascii=False)


def _typical(code: ErrorCode) -> CountinghouseError:
    error = CountinghouseError(_plain(code.when), faults=(Fault(code.code, _plain(code.when)),))
    # The class says these of every refusal of a kind; here it is one code among all.
    error.code = code.code  # type: ignore[misc] # a class variable, shadowed for this one
    error.number = code.number or 0  # type: ignore[misc] # as above
    return error


def _plain(when: str) -> str:
    return when.replace("`", "")
