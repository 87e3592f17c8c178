#!/usr/bin/env bash
# Runs a command against a demonstration hall of its own: with-demo.sh HUB COMMAND…
# The command finds its address in HUB_URL. The hall and its data are gone afterwards.
set -euo pipefail

hub=$1
shift
dir=$(mktemp -d)
"$hub" demo --listen 127.0.0.1:0 --data "$dir/data" >"$dir/out" 2>"$dir/log" &
pid=$!
trap 'kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; rm -rf "$dir"' EXIT

url=""
for _ in $(seq 600); do
  url=$(grep -om1 'http://[0-9.:]*' "$dir/out" || true)
  [ -n "$url" ] && break
  kill -0 "$pid" 2>/dev/null || { cat "$dir/out" "$dir/log" >&2; echo "the hub did not start" >&2; exit 1; }
  sleep 0.1
done
[ -n "$url" ] || { cat "$dir/out" "$dir/log" >&2; echo "the hub did not say where it listens" >&2; exit 1; }

HUB_URL=$url "$@" || { code=$?; tail -n 40 "$dir/log" >&2; exit "$code"; }
