#!/usr/bin/env bash
# Run the tests: all of them on the PostgreSQL of the wheel; those of the database, but for those that
# read pages, once more on Debian's, if it is installed; those in a browser if there is Chromium and
# those of exported books if there is hledger, which apt installs for root.
# Arguments go to pytest. VENV names the environment (.venv).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

pytest=${VENV:-.venv}/bin/pytest

tools/chromium.sh
tools/hledger.sh

failed=
# Each worker begins with one half of the tests, so that what the tests of a file share is made once,
# and takes from the other's when it has no more.
workers=(-n 2 --dist worksteal)

"$pytest" "${workers[@]}" "$@" || failed=1

if compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null; then
    echo "The tests of the database again, on Debian's PostgreSQL:"
    code=0
    UPLINE_TEST_SERVER=debian "$pytest" "${workers[@]}" -m "database and not pages" "$@" || code=$?
    # 5: the arguments chose no test that uses the database.
    [ "$code" = 0 ] || [ "$code" = 5 ] || failed=1
else
    echo "Debian's PostgreSQL is not installed, so the tests of the database ran on the wheel's alone."
    echo "To run them on both: sudo apt-get install postgresql"
fi
[ -z "$failed" ]
