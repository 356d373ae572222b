"""What we measure against: a bare Flask route, and the list as a tutorial would write it."""

from typing import Any

from flask import Flask, Response, jsonify
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.domain.sales.tables import Invoice, InvoiceLine


def bare() -> Flask:
    """One route that answers a small JSON object: the yardstick of every ratio."""
    flask = Flask("bare")

    @flask.get("/bare")
    def answer() -> Response:
        return jsonify(id="inv_1", number="INV-0001", total="1320.00", status="draft")

    return flask


def tutorial_list(engine: Engine, organisation: str) -> Flask:
    """The same list of 50 with ORM entities and jsonify, without any gate in front."""
    flask = Flask("tutorial")

    @flask.get("/invoices")
    def answer() -> Response:
        with Session(engine) as session:
            invoices = session.scalars(
                select(Invoice)
                .where(Invoice.org_id == organisation, Invoice.due_date < "2026-01-01")
                .order_by(Invoice.id.desc())
                .limit(50)
            ).all()
            lines = session.scalars(
                select(InvoiceLine).where(
                    InvoiceLine.org_id == organisation,
                    InvoiceLine.invoice_id.in_([invoice.id for invoice in invoices]),
                )
            ).all()
            of: dict[str, list[dict[str, Any]]] = {invoice.id: [] for invoice in invoices}
            for line in lines:
                of[line.invoice_id].append(_columns(line))
            return jsonify(data=[_columns(i) | {"lines": of[i.id]} for i in invoices])

    return flask


def _columns(row: Any) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in row.__mapper__.column_attrs}
