"""Labels say "Größe L", "gross" or "Taille unique"; the warehouse knows one code for each."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Mapping
from pathlib import Path


class UnknownSize(ValueError):
    pass


def _key(label: str) -> str:
    # Suppliers on macOS send decomposed umlauts. casefold also makes "groß" and "gross" one label.
    return " ".join(unicodedata.normalize("NFC", label).casefold().split())


class SizeChart:
    def __init__(self, codes: Mapping[str, str]) -> None:
        self._codes = {_key(label): code for label, code in codes.items()}

    @classmethod
    def from_csv(cls, path: Path) -> SizeChart:
        with path.open(encoding="utf-8", newline="") as file:
            return cls({row["bezeichnung"]: row["größe"] for row in csv.DictReader(file)})

    def normalise(self, label: str) -> str:
        key = _key(label)
        if key.isdigit():  # shoe sizes are codes already
            return key
        try:
            return self._codes[key]
        except KeyError:
            raise UnknownSize(f"unknown size: {label}") from None
