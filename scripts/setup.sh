#!/usr/bin/env bash
# Make .venv with farside and the named extras, or say what this machine lacks and the command that installs it.
#
#   scripts/setup.sh [local] [k2] [train] [parity] [science] [mcp] [dev]
#
# A stamp in .venv makes the next call instant; it is stale once pyproject.toml, constraints.txt or this script changes.
# PYTHON names the interpreter to use.
set -euo pipefail
cd "$(dirname "$0")/.."
venv=.venv

say() { printf '\033[1m%s\033[0m\n' "$*" >&2; }

give_up() { # what is wrong, what to do
    printf '\n%s\n    %s\n' "$1" "$2" >&2
    exit 1
}

apt_install() { # packages -> the command that installs them
    if ! command -v apt-get >/dev/null; then
        echo "install what your system calls: $*"
    elif [ "$(id -u)" = 0 ]; then
        echo "apt-get update && apt-get install --yes $*"
    else
        echo "sudo apt-get update && sudo apt-get install --yes $*"
    fi
}

first_python() { # a statement in Python -> the first interpreter, new enough, that can run it
    local candidate
    for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
        if "$candidate" -c "import sys; sys.version_info >= (3, 11) or sys.exit(1); $1" 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    return 1
}

no_python() {
    local found
    found=$("${PYTHON:-python3}" --version 2>/dev/null) || found="not there"
    give_up "farside needs Python 3.11 or newer; ${PYTHON:-python3} is $found." \
        "$(apt_install python3 python3-venv)    # Debian 12 or newer; elsewhere name one: make PYTHON=/path/to/python3.11"
}

venv_package() { # interpreter -> Debian's package of its venv module
    if [ "$(readlink -f "$(command -v "$1")")" = "$(readlink -f /usr/bin/python3)" ]; then
        echo python3-venv
    else
        "$1" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'
    fi
}

choose_python() {
    # Debian splits ensurepip off into python3-venv; without it `python3 -m venv` makes a folder that has no pip.
    local python
    if first_python "import venv; from ensurepip import bootstrap"; then
        return
    fi
    python=$(first_python pass) || no_python
    give_up "$python cannot make a virtual environment: its venv module or ensurepip is missing." \
        "$(apt_install "$(venv_package "$python")")"
}

declare -A wanted=() purpose=()
want_room() { # megabytes, folder, purpose
    local folder=$2 mount
    until [ -d "$folder" ]; do folder=$(dirname "$folder"); done
    mount=$(df -Pk "$folder" | awk 'NR == 2 { print $NF }')
    wanted[$mount]=$((${wanted[$mount]:-0} + $1))
    purpose[$mount]+="${purpose[$mount]:+ and }$1 MB for $3 in $2"
}

check_room() {
    local mount free
    for mount in "${!wanted[@]}"; do
        free=$(df -Pm "$mount" | awk 'NR == 2 { print $4 }')
        if [ "$free" -lt "${wanted[$mount]}" ]; then
            give_up "Too little disk: ${purpose[$mount]} are needed on $mount, where $free MB are free." \
                "free $((${wanted[$mount]} - free)) MB there, then run make again"
        fi
    done
}

want_room_for() { # extra
    case $1 in
    local)
        want_room 150 "$PWD/$venv" "the engine of the embedded model"
        want_room 150 "${TMPDIR:-/tmp}" "its download"
        local models=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/farside
        if [ -z "${FARSIDE_GGUF:-}" ] && ! find "$models" -name '*.gguf' 2>/dev/null | grep -q .; then
            want_room 1200 "$models" "the embedded model"
        fi
        ;;
    dev) want_room 150 "$PWD/$venv" "pytest, mypy and ruff" ;;
    k2) want_room 1000 "$PWD/$venv" "torch" ;;
    train) want_room 1100 "$PWD/$venv" "torch and matplotlib" ;;
    science) want_room 100 "$PWD/$venv" "sympy and mpmath" ;;
    mcp) want_room 60 "$PWD/$venv" "the package of the protocol MCP" ;;
    parity) want_room 1200 "$PWD/$venv" "torch, transformers and compressed-tensors" ;;
    *) give_up "farside has no extra named $1." "scripts/setup.sh [local] [k2] [train] [parity] [science] [mcp] [dev]" ;;
    esac
}

stamp_of() { # extra -> what its stamp holds when it is current
    cat pyproject.toml constraints.txt scripts/setup.sh | sha256sum
    echo "$PWD $1"
}

current() { # extra
    "$venv/bin/python" -c '' 2>/dev/null && [ "$(stamp_of "$1")" = "$(cat "$venv/.set-up-$1" 2>/dev/null)" ]
}

make_venv() {
    if "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
        return
    fi
    local python
    python=$(choose_python)
    say "Making $venv with $("$python" --version)"
    rm -rf "$venv"
    "$python" -m venv "$venv" || give_up "$python could not make $venv; what it said is above." \
        "$(apt_install "$(venv_package "$python")")"
}

install() { # extras, joined by commas; empty: farside alone
    say "Installing farside${1:+ with $1} into $venv (pinned by constraints.txt)"
    "$venv/bin/python" -m pip install --disable-pip-version-check --constraint constraints.txt --editable ".${1:+[$1]}" ||
        give_up "Not everything could be installed; what pip said is above." \
            "check the network (or PIP_INDEX_URL), then run make again: what is there already is kept"
}

compile() { # what runs in the sandbox may write nothing there: it would be compiled anew at each start
    "$venv/bin/python" -m compileall -q src/farside
}

main() {
    local extra stale=()
    for extra in base "$@"; do
        current "$extra" || stale+=("$extra")
    done
    if [ ${#stale[@]} = 0 ]; then
        compile
        return
    fi
    want_room 80 "$PWD/$venv" "farside and its libraries"
    for extra in "$@"; do
        want_room_for "$extra"
    done
    check_room
    make_venv
    install "$(IFS=,; echo "$*")"
    compile
    for extra in base "$@"; do
        stamp_of "$extra" >"$venv/.set-up-$extra"
    done
    say "Ready: $venv/bin/farside"
}

main "$@"
