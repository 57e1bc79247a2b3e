"""Gets a day's export from the shop and reads it into rows with our column names."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import date
from typing import Any

import requests


class ExportError(RuntimeError):
    pass


def download(day: date, source: Mapping[str, Any], base_url: str, token: str) -> bytes:
    url = f"{base_url.rstrip('/')}/{source['path'].format(day=day)}"
    answer = requests.get(
        url, headers={"Authorization": f"Bearer {token}"}, timeout=source["timeout_seconds"]
    )
    if answer.status_code == 404:
        raise ExportError(f"the shop has no export for {day}")
    answer.raise_for_status()
    return answer.content


def read_export(data: bytes, source: Mapping[str, Any]) -> list[dict[str, str]]:
    text = io.StringIO(data.decode(source["encoding"]), newline="")
    reader = csv.DictReader(text, delimiter=source["delimiter"])
    columns: Mapping[str, str] = source["columns"]
    missing = set(columns) - set(reader.fieldnames or ())
    if missing:
        raise ExportError("columns missing in the export: " + ", ".join(sorted(missing)))
    # A line that breaks off early has None for what is missing.
    return [
        {ours: (row[theirs] or "").strip() for theirs, ours in columns.items()} for row in reader
    ]
