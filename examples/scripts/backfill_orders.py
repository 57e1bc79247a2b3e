"""Runs the nightly load for a range of days, oldest first, and carries on past days that fail."""

from __future__ import annotations

import argparse
import sys
from datetime import date, timedelta

import nightly_orders


def days_between(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("first", type=date.fromisoformat)
    parser.add_argument("last", type=date.fromisoformat)
    args = parser.parse_args()
    if args.last < args.first:
        parser.error("the last day is before the first")

    failed = []
    for day in days_between(args.first, args.last):
        try:
            counts = nightly_orders.run(day)
        except Exception as error:  # one bad export must not stop the others
            failed.append(day)
            print(f"{day}  FAILED  {error}", file=sys.stderr)
        else:
            print(f"{day}  {counts['lines']} lines, {counts['rejected']} rejected")
    if failed:
        print("to repeat: " + " ".join(day.isoformat() for day in failed), file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
