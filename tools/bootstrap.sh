#!/usr/bin/env bash
# Make a virtual environment with exactly the packages of requirements.lock, and the project itself
# in it, editable. Everything stays inside the repository folder. Safe to run again.
#
#   tools/bootstrap.sh uv      print the path of uv, installing it into .tools/ if it is missing
#   tools/bootstrap.sh venv    make or update the environment
#
# PYTHON names the interpreter (python3), VENV the folder of the environment (.venv).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

python=${PYTHON:-python3}
venv=${VENV:-.venv}

say() { printf '%s\n' "$*" >&2; }
stop() { say "$@"; exit 1; }

require_python() {
    command -v "$python" >/dev/null || stop "No $python found. Install Python 3.11 or later" \
        "(on Debian: apt-get install python3), or name one: make PYTHON=/path/to/python"
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        stop "$("$python" --version) is too old: Upline needs Python 3.11 or later." \
            "Name another interpreter: make PYTHON=/path/to/python"
}

has_module() { "$python" -c "import $1" 2>/dev/null; }

# Debian's Python comes without pip and venv; either of them is enough here.
require_pip_or_venv() {
    if has_module pip || has_module ensurepip; then return; fi
    local packages="python3-venv python3-pip"
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        say "Python has neither pip nor venv: installing $packages with apt-get."
        export DEBIAN_FRONTEND=noninteractive
        # shellcheck disable=SC2086
        apt-get install -qq -y --no-install-recommends $packages >/dev/null 2>&1 || {
            apt-get update -qq
            apt-get install -qq -y --no-install-recommends $packages >/dev/null
        }
    else
        stop "Python has neither pip nor venv. Install the package python3-venv (or python3-pip)" \
            "and run make again. On Debian: sudo apt-get install python3-venv"
    fi
}

# The interpreter whose pip fetches uv: the system's, or one in a small environment of our own.
python_with_pip() {
    if has_module pip; then
        echo "$python"
    else
        [ -x .tools/pip/bin/pip ] || "$python" -m venv .tools/pip >&2
        echo .tools/pip/bin/python
    fi
}

require_uv() {
    if command -v uv; then return; fi
    if [ ! -x .tools/uv/bin/uv ]; then
        require_pip_or_venv
        say "Installing uv into .tools/"
        "$(python_with_pip)" -m pip install --quiet --disable-pip-version-check --no-input \
            --root-user-action=ignore --upgrade --target .tools/uv \
            --require-hashes --requirement tools/uv.txt >&2
    fi
    echo "$PWD/.tools/uv/bin/uv"
}

# uv reads none of pip's settings: hand over the package index and the certificates in use here.
adopt_pip_settings() {
    local pip index certificates
    { has_module pip || [ -x .tools/pip/bin/pip ]; } || return 0
    pip=$(python_with_pip)
    index=${PIP_INDEX_URL:-$("$pip" -m pip config get global.index-url 2>/dev/null || true)}
    certificates=${PIP_CERT:-$("$pip" -m pip config get global.cert 2>/dev/null || true)}
    if [ -n "$index" ]; then export UV_DEFAULT_INDEX=${UV_DEFAULT_INDEX:-$index}; fi
    if [ -n "$certificates" ]; then export SSL_CERT_FILE=${SSL_CERT_FILE:-$certificates}; fi
}

make_venv() {
    local uv wanted found=none
    uv=$(require_uv)
    adopt_pip_settings
    wanted=$("$python" -c 'import sys; print(sys.version)')
    if [ -x "$venv/bin/python" ]; then
        found=$("$venv/bin/python" -c 'import sys; print(sys.version)' || echo broken)
    fi
    if [ "$found" != "$wanted" ]; then
        "$uv" venv --quiet --clear --no-managed-python \
            --python "$("$python" -c 'import sys; print(sys.executable)')" "$venv"
    fi
    say "Installing the locked packages into $venv"
    "$uv" pip sync --quiet --compile-bytecode --python "$venv/bin/python" --require-hashes requirements.lock
    "$uv" pip install --quiet --python "$venv/bin/python" --no-deps --no-build-isolation --editable .
}

require_python
case ${1:-venv} in
    uv) require_uv ;;
    venv) make_venv ;;
    *) stop "Usage: tools/bootstrap.sh [uv|venv]" ;;
esac
