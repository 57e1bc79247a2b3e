#!/usr/bin/env bash
# The proxies that forward auth is tested with, and jq for the commands in the documents, where they are missing, as Debian
# packs them. It packs neither Traefik nor Envoy: who has these tests them too.
set -euo pipefail

missing=()
for program in nginx caddy jq; do
  command -v "$program" > /dev/null || missing+=("$program")
done
if [ ${#missing[@]} -gt 0 ]; then
  as_root=$([ "$(id -u)" = 0 ] || echo sudo)
  $as_root apt-get update -qq
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}" > /dev/null
fi
