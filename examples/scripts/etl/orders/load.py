"""Writes order lines to the warehouse: copy to a temporary table, then merge, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, fields
from pathlib import Path

import psycopg

from etl.orders.transform.clean import OrderLine

MERGE = Path(__file__).resolve().parents[2] / "sql" / "merge_orders.sql"

STAGE = """
create temporary table order_stage (
  order_id bigint, line_no smallint, ordered_at timestamptz, customer_id bigint, country text,
  status text, shipping_method text, shipped_at timestamptz, sku text, size text,
  quantity integer, unit_price_eur numeric(12, 2)
) on commit drop
"""


def load_lines(dsn: str, lines: Iterable[OrderLine]) -> None:
    columns = ", ".join(field.name for field in fields(OrderLine))
    with psycopg.connect(dsn) as conn, conn.cursor() as cursor:
        cursor.execute(STAGE)
        with cursor.copy(f"copy order_stage ({columns}) from stdin") as copy:
            for line in lines:
                copy.write_row(astuple(line))
        cursor.execute(MERGE.read_text(encoding="utf-8"))
