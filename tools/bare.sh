#!/usr/bin/env bash
# Prove that the commit at HEAD works on a bare Debian 12 that has git, make and python3 only:
# as root, and as a plain user once python3-venv and python3-pip are there. Before that, the user
# must be told which package is missing.
#
#   tools/bare.sh [TARGET...]     the make targets to run; demo and test unless named
#
# UPLINE_BARE_AS=root or =user runs one half; each takes as long as the tests.
#
# Needs root, for chroot. Mirrors, proxies, package index and certificates are those of this host;
# DEBIAN_MIRROR names the mirror where the host is no Debian. The base system is kept in the cache
# folder (UPLINE_BARE_CACHE), everything else is made in a temporary folder and removed at the end.
set -euo pipefail
repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
suite=bookworm
packages=ca-certificates,git,make,python3
cache=${UPLINE_BARE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/upline-bare}
base=$cache/$suite-minbase-$packages.tar.gz

say() { printf '\n== %s\n' "$*"; }
stop() { printf '%s\n' "$*" >&2; exit 1; }

[ "$(id -u)" = 0 ] || stop "make bare builds a chroot and needs root: sudo make bare"

# In name spaces of its own: mounts and processes of the chroot end with this script, however it ends.
if [ -z "${UPLINE_BARE_INSIDE:-}" ]; then
    exec env UPLINE_BARE_INSIDE=1 unshare --mount --pid --fork --kill-child --mount-proc \
        bash "$repository/tools/bare.sh" "$@"
fi
[ $# -gt 0 ] || set -- demo test
people=${UPLINE_BARE_AS:-root user}

work=$(mktemp -d "${TMPDIR:-/var/tmp}/upline-bare.XXXXXX")
cleanup() {
    local mounted
    while mounted=$(awk -v under="$work/" 'index($2, under) == 1 {at = $2} END {print at}' /proc/mounts)
        [ -n "$mounted" ]; do umount "$mounted"; done
    rm -rf --one-file-system "$work"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

debian_mirror() {
    if [ -n "${DEBIAN_MIRROR:-}" ]; then echo "$DEBIAN_MIRROR"; return; fi
    apt-get indextargets --format '$(ORIGIN) $(CODENAME) $(REPO_URI)' 2>/dev/null |
        awk -v suite=$suite '$1 == "Debian" && $2 == suite {print $3; exit}'
}

host_apt_settings() { apt-config dump 2>/dev/null | grep -E '^Acquire::(https?|Check-)' || true; }

make_base() {
    [ ! -f "$base" ] || return 0
    local mirror
    command -v debootstrap >/dev/null || { apt-get update -qq && apt-get install -qq -y debootstrap >/dev/null; }
    mirror=$(debian_mirror)
    [ -n "$mirror" ] || { apt-get update -qq && mirror=$(debian_mirror); }
    [ -n "$mirror" ] || stop "apt on this host names no mirror of Debian $suite: set DEBIAN_MIRROR"
    say "Building a minimal Debian 12 ($packages)"
    if ! debootstrap --variant=minbase --include=$packages $suite "$work/base" "$mirror" >"$work/log"
    then
        tail -n 20 "$work/log" >&2
        stop "debootstrap failed"
    fi
    mkdir -p "$cache"
    tar -C "$work/base" -czf "$work/base.tar.gz" .
    mv "$work/base.tar.gz" "$base"
    rm -rf --one-file-system "$work/base"
}

# Give a chroot this host's name resolution, certificates, apt and pip settings.
adopt_host_settings() {
    local root=$1 file
    for file in /etc/resolv.conf /etc/hosts /etc/pip.conf /etc/uv/uv.toml \
        /etc/ssl/certs/ca-certificates.crt "${SSL_CERT_FILE:-}" "${PIP_CERT:-}"; do
        if [ -f "$file" ]; then mkdir -p "$root${file%/*}" && cp -L "$file" "$root$file"; fi
    done
    if [ -f "$HOME/.config/pip/pip.conf" ]; then
        mkdir -p "$root/etc/xdg/pip" && cp -L "$HOME/.config/pip/pip.conf" "$root/etc/xdg/pip/pip.conf"
    fi
    if [ -d /etc/apt/auth.conf.d ]; then cp -a /etc/apt/auth.conf.d "$root/etc/apt/"; fi
    host_apt_settings >"$root/etc/apt/apt.conf.d/99host"
}

# Unpack the base system as $work/NAME, with a clone of HEAD waiting in /tmp/upline.bundle.
unpack() {
    local root=$work/$1
    mkdir "$root"
    tar -C "$root" -xzf "$base"
    adopt_host_settings "$root"
    mount -t proc proc "$root/proc"
    mount -t sysfs -o ro sysfs "$root/sys"
    mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
    chroot "$root" useradd --create-home --shell /bin/bash seller
    git -C "$repository" bundle create --quiet "$root/tmp/upline.bundle" HEAD
    chmod a+r "$root/tmp/upline.bundle"
}

# Run a shell command in chroot NAME as USER with an environment that holds only what a bare
# machine has and how the network is reached.
inside() {
    local root=$work/$1 user=$2 home=/root settings=()
    [ "$user" = root ] || home=/home/$user
    mapfile -t settings < <(env | grep -iE '^(PIP_(INDEX_URL|CERT|DEFAULT_TIMEOUT)|UV_(DEFAULT_INDEX|INDEX_URL)|SSL_CERT_FILE|(https?|no|all)_proxy)=' || true)
    chroot --userspec="$user" "$root" env -i HOME="$home" USER="$user" \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin TERM="${TERM:-dumb}" \
        "${settings[@]}" bash -euo pipefail -c "cd; $3"
}

clone() { inside "$1" "$2" "git -c advice.detachedHead=false clone --quiet /tmp/upline.bundle upline"; }

run_targets() {
    local name=$1 user=$2 target
    shift 2
    for target in "$@"; do
        say "make $target as $user"
        # The demo runs until it is stopped: it is started and stopped twice.
        if [ "$target" = demo ]; then
            inside "$name" "$user" "cd upline && python3 tools/demo_trial.py"
        else
            inside "$name" "$user" "cd upline && make $target"
        fi
    done
}

if ! git -C "$repository" diff --quiet HEAD; then
    say "Uncommitted changes are not part of this proof: it clones HEAD"
fi
make_base

as_root() {
    say "Debian 12 with $packages, as root"
    unpack root
    clone root root
    run_targets root root "$@"
}

as_user() {
    say "The same bare system, as a user: the missing package must be named"
    unpack user
    clone user seller
    if inside user seller "cd upline && make $1" >"$work/refusal" 2>&1; then
        stop "make $1 worked without pip and venv: the system is not bare"
    fi
    cat "$work/refusal"
    grep -q python3-venv "$work/refusal" || stop "The message does not name python3-venv"

    say "The user again, with that package installed"
    inside user root "export DEBIAN_FRONTEND=noninteractive; apt-get update -qq
        apt-get install -qq -y --no-install-recommends python3-venv python3-pip >/tmp/apt.log 2>&1 ||
            { cat /tmp/apt.log; exit 1; }"
    run_targets user seller "$@"
}

for who in $people; do "as_$who" "$@"; done
say "Bare Debian 12: make $* passed as $people"
