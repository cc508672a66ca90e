#!/usr/bin/env bash
# See that there is an hledger for the tests of the exported books: apt installs it for root, anybody
# else is told how. Never fails: without one these tests are skipped, and say so.
set -euo pipefail

if command -v hledger >/dev/null; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing hledger with apt-get, for the tests of the exported books." >&2
    export DEBIAN_FRONTEND=noninteractive
    install() { apt-get install -qq -y --no-install-recommends hledger >/dev/null 2>&1; }
    install || { apt-get update -qq && install; } || echo "apt-get could not install hledger." >&2
fi
command -v hledger >/dev/null ||
    echo "Without hledger some tests of the books are skipped: sudo apt-get install hledger" >&2
