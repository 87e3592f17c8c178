#!/usr/bin/env bash
# Installs what a fresh Debian machine with Rust and Node lacks. Says what it does; does
# nothing twice.
set -euo pipefail

need() { command -v "$1" >/dev/null || { echo "$1 is needed: $2" >&2; exit 1; }; }

packages() {
  local missing=()
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  echo "installing ${missing[*]}"
  local sudo=""
  [ "$(id -u)" -eq 0 ] || sudo="sudo"
  $sudo apt-get update -qq
  DEBIAN_FRONTEND=noninteractive $sudo apt-get install -qq -y --no-install-recommends "${missing[@]}" >/dev/null
}

case "${1:-build}" in
  build)
    need cargo "install Rust with rustup"
    need node "install Node 20 or later"
    need npm "install npm"
    command -v cc >/dev/null || packages build-essential
    ;;
  browser)
    packages chromium fonts-noto-core fonts-noto-cjk
    cargo nextest --version >/dev/null 2>&1 || cargo install --locked cargo-nextest
    ;;
  *) echo "usage: $0 build|browser" >&2; exit 2 ;;
esac
