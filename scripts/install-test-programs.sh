#!/usr/bin/env bash
# Programs that tests run for real, where they are missing, as Debian packs them: the proxies of forward auth, the
# browser of the console, and jq for the commands in the documents. Debian packs neither Traefik nor Envoy: who has these tests them too.
set -euo pipefail

programs=(nginx caddy jq)
# CHROMIUM names a browser that is there already.
[ -n "${CHROMIUM:-}" ] || programs+=(chromium)
missing=()
for program in "${programs[@]}"; do
  command -v "$program" > /dev/null || missing+=("$program")
done
if [ ${#missing[@]} -gt 0 ]; then
  as_root=$([ "$(id -u)" = 0 ] || echo sudo)
  $as_root apt-get update -qq
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}" > /dev/null
fi
