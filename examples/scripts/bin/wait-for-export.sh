#!/usr/bin/env bash
# Waits until the shop has finished its export: it writes an empty .done file beside it at the end.
# Usage: bin/wait-for-export.sh YYYY-MM-DD [minutes]
set -euo pipefail

day="${1:?day missing}"
minutes="${2:-60}"
url="${SHOP_EXPORT_URL%/}/orders/$day.csv.done"

for ((waited = 0; waited < minutes; waited++)); do
  if curl -fsS -o /dev/null -I -H "Authorization: Bearer $SHOP_EXPORT_TOKEN" "$url" 2>/dev/null; then
    echo "Export of $day is there after $waited min."
    exit 0
  fi
  sleep 60
done

echo "No export of $day after $minutes min: $url" >&2
exit 1
