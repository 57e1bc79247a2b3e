"""Mails yesterday's revenue by country to the people in config/report.json."""

from __future__ import annotations

import argparse
import json
import os
import smtplib
from datetime import date, timedelta
from email.message import EmailMessage
from pathlib import Path

import psycopg
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from psycopg.rows import dict_row

HERE = Path(__file__).resolve().parent


def query_revenue(dsn: str, day: date) -> list[dict]:
    sql = (HERE / "sql" / "daily_revenue.sql").read_text(encoding="utf-8")
    with psycopg.connect(dsn, row_factory=dict_row) as conn:
        return conn.execute(sql, {"day": day}).fetchall()


def render(day: date, rows: list[dict]) -> str:
    environment = Environment(
        loader=FileSystemLoader(HERE / "reports"), autoescape=True, undefined=StrictUndefined
    )
    total = sum(row["revenue_eur"] for row in rows)
    return environment.get_template("daily.html.j2").render(day=day, rows=rows, total=total)


def build_message(day: date, rows: list[dict], settings: dict) -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = settings["subject"].format(day=day)
    message["From"] = settings["sender"]
    message["To"] = ", ".join(settings["recipients"])
    message.set_content(
        "\n".join(f"{row['country']}: {row['revenue_eur']:.2f} EUR" for row in rows) or "No orders."
    )
    message.add_alternative(render(day, rows), subtype="html")
    logo = (HERE / "assets" / "logo.png").read_bytes()
    message.get_payload()[1].add_related(logo, "image", "png", cid="<logo>")
    return message


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--date", type=date.fromisoformat, default=date.today() - timedelta(days=1)
    )
    day = parser.parse_args().date

    settings = json.loads((HERE / "config" / "report.json").read_text(encoding="utf-8"))
    message = build_message(day, query_revenue(os.environ["WAREHOUSE_DSN"], day), settings)
    with smtplib.SMTP(os.environ["SMTP_HOST"], int(os.environ.get("SMTP_PORT", "25"))) as smtp:
        smtp.send_message(message)
    print(f"sent {day} to {len(settings['recipients'])} recipients")


if __name__ == "__main__":
    main()
