"""Loads one day of shop orders into the warehouse. Safe to run again for the same day."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tomllib
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml

from etl.orders import extract, load
from etl.orders.transform.clean import clean_rows
from etl.orders.transform.sizes import SizeChart

HERE = Path(__file__).resolve().parent


class TooManyRejected(RuntimeError):
    pass


def read_settings() -> dict:
    return tomllib.loads((HERE / "config" / "pipeline.toml").read_text(encoding="utf-8"))


def yesterday(zone: str) -> date:
    return datetime.now(ZoneInfo(zone)).date() - timedelta(days=1)


def run(day: date, *, dry_run: bool = False) -> dict[str, int]:
    settings = read_settings()
    sources = yaml.safe_load((HERE / "config" / "sources.yaml").read_text(encoding="utf-8"))
    source = sources["sources"]["orders"]

    data = extract.download(
        day, source, os.environ["SHOP_EXPORT_URL"], os.environ["SHOP_EXPORT_TOKEN"]
    )
    rows = extract.read_export(data, source)
    rates = {code: Decimal(rate) for code, rate in settings["rates_to_eur"].items()}
    lines, rejected = clean_rows(rows, rates, SizeChart.from_csv(HERE / "reference" / "größen.csv"))

    for row in rejected:
        print(f"row {row.number}: {row.reason}", file=sys.stderr)
    allowed = settings["limits"]["max_rejected_share"]
    if rows and len(rejected) / len(rows) > allowed:
        raise TooManyRejected(f"{len(rejected)} of {len(rows)} rows rejected, {allowed:.1%} allowed")

    if not dry_run:
        load.load_lines(os.environ["WAREHOUSE_DSN"], lines)
    return {"rows": len(rows), "lines": len(lines), "rejected": len(rejected)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--date", type=date.fromisoformat, help="default: yesterday, shop time")
    parser.add_argument("--dry-run", action="store_true", help="read and check, load nothing")
    args = parser.parse_args()

    day = args.date or yesterday(read_settings()["shop"]["timezone"])
    counts = run(day, dry_run=args.dry_run)
    # Kestra picks this line up as the task's outputs.
    print("::" + json.dumps({"outputs": {"day": day.isoformat(), **counts}}) + "::")


if __name__ == "__main__":
    main()
