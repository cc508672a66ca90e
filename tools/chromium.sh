#!/usr/bin/env bash
# See that there is a Chromium for the tests in a browser, and the library that Playwright's driver
# needs: apt installs both for root, anybody else is told how. Never fails: without Chromium these
# tests are skipped, and say so.
set -euo pipefail

has_chromium() { command -v chromium >/dev/null || command -v chromium-browser >/dev/null; }
has_libatomic() { [ -n "$(find /usr/lib /usr/lib64 /lib -name 'libatomic.so.1*' -print -quit 2>/dev/null)" ]; }

if has_chromium && has_libatomic; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing Chromium with apt-get, for the tests in a browser." >&2
    export DEBIAN_FRONTEND=noninteractive
    install() { apt-get install -qq -y --no-install-recommends chromium libatomic1 >/dev/null 2>&1; }
    install || { apt-get update -qq && install; } || echo "apt-get could not install Chromium." >&2
fi
has_chromium && has_libatomic ||
    echo "The tests in a browser need Chromium and libatomic1: sudo apt-get install chromium libatomic1" >&2
