#!/usr/bin/env bash
# Replaces the reference tables with what is in reference/. Run after a change there.
set -euo pipefail
cd "$(dirname "$0")/.."

psql "$WAREHOUSE_DSN" -X -v ON_ERROR_STOP=1 --single-transaction -f - <<'SQL'
delete from shop.countries;
\copy shop.countries (code, name, currency, vat_rate) from 'reference/countries.csv' with (format csv, header)
delete from shop.shipping_methods;
\copy shop.shipping_methods (code, carrier, promised_days) from 'reference/shipping_methods.csv' with (format csv, header)
SQL
