"""Turns rows of the export into order lines, and says why where it cannot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation

from etl.orders.transform.currency import to_eur
from etl.orders.transform.sizes import SizeChart

STATUSES = frozenset({"paid", "shipped", "cancelled", "refunded"})


class RowError(ValueError):
    pass


@dataclass(frozen=True, slots=True)
class OrderLine:
    order_id: int
    line_no: int
    ordered_at: datetime
    customer_id: int
    country: str
    status: str
    shipping_method: str
    shipped_at: datetime | None
    sku: str
    size: str | None
    quantity: int
    unit_price_eur: Decimal


@dataclass(frozen=True, slots=True)
class Rejected:
    number: int
    reason: str


def parse_time(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise RowError(f"time without offset: {text}")
    return moment


def clean_row(row: Mapping[str, str], rates: Mapping[str, Decimal], sizes: SizeChart) -> OrderLine:
    status = row["status"].lower()
    if status not in STATUSES:
        raise RowError(f"unknown status: {row['status']}")
    quantity = int(row["quantity"])
    if quantity == 0:  # below zero is a return and fine
        raise RowError("quantity is zero")
    return OrderLine(
        order_id=int(row["order_id"]),
        line_no=int(row["line_no"]),
        ordered_at=parse_time(row["ordered_at"]),
        customer_id=int(row["customer_id"]),
        country=row["country"].upper(),
        status=status,
        shipping_method=row["shipping_method"].lower(),
        shipped_at=parse_time(row["shipped_at"]) if row["shipped_at"] else None,
        sku=row["sku"].upper(),
        size=sizes.normalise(row["size"]) if row["size"] else None,
        quantity=quantity,
        unit_price_eur=to_eur(Decimal(row["unit_price"]), row["currency"], rates),
    )


def clean_rows(
    rows: Iterable[Mapping[str, str]], rates: Mapping[str, Decimal], sizes: SizeChart
) -> tuple[list[OrderLine], list[Rejected]]:
    """An order that changes during the export appears twice in it; the later row wins."""
    lines: dict[tuple[int, int], OrderLine] = {}
    rejected: list[Rejected] = []
    for number, row in enumerate(rows, start=2):  # row 1 is the heading
        try:
            line = clean_row(row, rates, sizes)
        except InvalidOperation:
            rejected.append(Rejected(number, f"not a price: {row['unit_price']}"))
        except (ValueError, LookupError) as error:
            rejected.append(Rejected(number, str(error)))
        else:
            lines[line.order_id, line.line_no] = line
    return list(lines.values()), rejected
