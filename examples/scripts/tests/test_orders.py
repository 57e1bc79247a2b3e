import csv
import unicodedata
import unittest
from decimal import Decimal
from pathlib import Path

import yaml

from etl.orders.transform.clean import clean_rows
from etl.orders.transform.currency import UnknownCurrency, to_eur
from etl.orders.transform.sizes import SizeChart, UnknownSize

ROOT = Path(__file__).resolve().parents[1]
RATES = {"CHF": Decimal("1.05"), "SEK": Decimal("0.09")}


def fixture_rows():
    source = yaml.safe_load((ROOT / "config" / "sources.yaml").read_text(encoding="utf-8"))
    columns = source["sources"]["orders"]["columns"]
    with (ROOT / "tests" / "fixtures" / "orders.csv").open(encoding="utf-8", newline="") as file:
        return [
            {ours: row[theirs] for theirs, ours in columns.items()}
            for row in csv.DictReader(file, delimiter=";")
        ]


class CleanRows(unittest.TestCase):
    def setUp(self):
        chart = SizeChart.from_csv(ROOT / "reference" / "größen.csv")
        self.lines, self.rejected = clean_rows(fixture_rows(), RATES, chart)

    def test_later_row_wins(self):
        by_key = {(line.order_id, line.line_no): line for line in self.lines}
        self.assertEqual(sorted(by_key), [(100481, 1), (100481, 2), (100482, 1)])
        self.assertEqual(by_key[100482, 1].status, "cancelled")

    def test_rejected_rows_say_why(self):
        self.assertEqual(
            [(row.number, row.reason) for row in self.rejected],
            [(5, "unknown size: Taille inconnue"), (6, "quantity is zero")],
        )

    def test_prices_are_in_euros(self):
        prices = [line.unit_price_eur for line in self.lines]
        self.assertEqual(prices, [Decimal("189.90"), Decimal("24.50"), Decimal("220.50")])


class Sizes(unittest.TestCase):
    def test_spellings_of_one_label(self):
        chart = SizeChart({"Groß": "L", "Übergröße": "XXL"})
        self.assertEqual(chart.normalise(" GROSS "), "L")
        self.assertEqual(chart.normalise(unicodedata.normalize("NFD", "übergröße")), "XXL")

    def test_unknown_label(self):
        with self.assertRaises(UnknownSize):
            SizeChart({}).normalise("XXS")


class Currency(unittest.TestCase):
    def test_unknown_currency(self):
        with self.assertRaises(UnknownCurrency):
            to_eur(Decimal(1), "GBP", RATES)


if __name__ == "__main__":
    unittest.main()
