#!/usr/bin/env bash
# The whole night in one go: wait for the export, load it, check, mail. For reruns by hand; the flow has
# the same steps as tasks. Usage: bin/run-nightly.sh [YYYY-MM-DD]
set -euo pipefail
cd "$(dirname "$0")/.."

day="${1:-$(TZ=Europe/Berlin date -d yesterday +%F)}"

bin/wait-for-export.sh "$day"
python3 nightly_orders.py --date "$day"

failed=0
for check in sql/checks/*.sql; do
  found="$(psql "$WAREHOUSE_DSN" -XAt -v ON_ERROR_STOP=1 -f "$check")"
  if [[ -n "$found" ]]; then
    printf '%s found:\n%s\n' "$check" "$found" >&2
    failed=1
  fi
done
if ((failed)); then
  echo "Checks found something, no report for $day." >&2
  exit 1
fi

python3 send_daily_report.py --date "$day"
