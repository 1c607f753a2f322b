#!/bin/sh
# Makes .venv from requirements.lock, by hashes. Does nothing when that was done before.
# PYTHON=… names the interpreter; else the newest of those on PATH is taken.
set -eu
cd "$(dirname "$0")/.."
venv=.venv
python=$venv/bin/python
stamp=$venv/installed-from
wanted=$(cat requirements.lock pyproject.toml | cksum)

[ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && "$python" -c '' 2>/dev/null && exit 0

say() { echo "$@" >&2; } # standard output belongs to the program that is set up for

new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
    for name in ${PYTHON:-python3.13 python3.12 python3.11 python3}; do
        if new_enough "$name"; then
            echo "$name"
            return
        fi
    done
    if [ -n "${PYTHON:-}" ]; then
        say "QTwin needs Python 3.11 or newer; PYTHON=$PYTHON is not that."
    else
        say "QTwin needs Python 3.11 or newer; install it, or name it: make setup PYTHON=…"
    fi
    exit 2
}

make_venv() {
    base=$(find_python)
    say "Making $venv with $("$base" -V) …"
    if ! "$base" -m venv --clear "$venv" >/dev/null 2>&1; then
        say "$base cannot make environments; on Debian and Ubuntu: apt-get install python3-venv"
        exit 2
    fi
}

# The lock's own entry of uv, with its hashes: an installer that we need not trust blindly.
bootstrap_uv() {
    "$python" -m pip --version >/dev/null 2>&1 || "$python" -m ensurepip >/dev/null
    awk '/^uv==/ { take = 1 } take { print } take && !/\\$/ { exit }' requirements.lock >"$venv/uv.lock"
    "$python" -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
        -r "$venv/uv.lock"
}

install_with_uv() {
    { [ -x "$venv/bin/uv" ] || bootstrap_uv; } || return 1
    eval "$("$python" infra/pip_settings.py)"
    VIRTUAL_ENV=$PWD/$venv "$venv/bin/uv" pip sync --quiet --require-hashes requirements.lock || return 1
    VIRTUAL_ENV=$PWD/$venv "$venv/bin/uv" pip install --quiet --offline --no-deps \
        --no-build-isolation -e .
}

install_with_pip() {
    "$python" -m pip --version >/dev/null 2>&1 || "$python" -m ensurepip >/dev/null
    "$python" -m pip install --disable-pip-version-check --no-deps --require-hashes \
        -r requirements.lock >&2 || return 1
    "$python" -m pip install --quiet --disable-pip-version-check --no-index --no-deps \
        --no-build-isolation -e .
}

rm -f "$stamp"
new_enough "$python" || make_venv
say "Installing what requirements.lock names (about 1.5 GB when it is not cached) …"
if ! install_with_uv; then
    say "uv could not do it; trying pip, which takes longer …"
    if ! install_with_pip; then
        say "The installation failed; pip's last lines above say why."
        exit 1
    fi
fi
echo "$wanted" >"$stamp"
