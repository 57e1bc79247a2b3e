#!/usr/bin/env bash
# The proxies that forward auth is tested with, where they are missing, as Debian packs them. It packs neither Traefik nor
# Envoy: who has these tests them too.
set -euo pipefail

missing=()
for proxy in nginx caddy; do
  command -v "$proxy" > /dev/null || missing+=("$proxy")
done
if [ ${#missing[@]} -gt 0 ]; then
  as_root=$([ "$(id -u)" = 0 ] || echo sudo)
  $as_root apt-get update -qq
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}" > /dev/null
fi
