#!/usr/bin/env bash
# See that there is a Chromium for the tests in a browser: apt installs it for root, anybody else is
# told how. Never fails: without one these tests are skipped, and say so.
set -euo pipefail

if command -v chromium >/dev/null || command -v chromium-browser >/dev/null; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing Chromium with apt-get, for the tests in a browser." >&2
    export DEBIAN_FRONTEND=noninteractive
    install() { apt-get install -qq -y --no-install-recommends chromium >/dev/null 2>&1; }
    install || { apt-get update -qq && install; } || echo "apt-get could not install Chromium." >&2
fi
command -v chromium >/dev/null ||
    echo "Without Chromium the tests in a browser are skipped: sudo apt-get install chromium" >&2
