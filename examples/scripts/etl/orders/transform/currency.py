"""Everything in the warehouse is in euros, at the month's rates from config/pipeline.toml."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal

CENT = Decimal("0.01")


class UnknownCurrency(ValueError):
    pass


def to_eur(amount: Decimal, currency: str, rates: Mapping[str, Decimal]) -> Decimal:
    code = currency.upper()
    if code == "EUR":
        rate = Decimal(1)
    elif code in rates:
        rate = rates[code]
    else:
        raise UnknownCurrency(f"no rate for {currency}")
    return (amount * rate).quantize(CENT, rounding=ROUND_HALF_EVEN)
