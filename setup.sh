#!/bin/sh
# Set-up alone: virtual environment, dependencies, sandbox, .env, database, course. Repeatable; offline after the first time.
# `make run` calls it, then starts the server. Arguments: --dev also installs what tests and checks need;
# --no-database leaves out .env and database.
set -eu
cd "$(dirname "$0")"

lock=requirements.txt
database=yes
for argument in "$@"; do
  case "$argument" in
    --dev) lock=requirements-dev.txt ;;
    --no-database) database=no ;;
    *) echo "setup.sh: unknown argument $argument (known: --dev, --no-database)" >&2; exit 2 ;;
  esac
done

as_root() { # runs a command as root where that needs no question, and tells whether it could
  if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then sudo -n "$@"; else return 1; fi
}

install_debian() { # installs Debian packages if permitted
  command -v apt-get >/dev/null 2>&1 || return 1
  { as_root apt-get update -qq && as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; } >/dev/null 2>&1
}

# --- Python ---------------------------------------------------------------------------------------------------------
python=""
for candidate in "${PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11; do
  [ -n "$candidate" ] && command -v "$candidate" >/dev/null 2>&1 || continue
  if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$candidate; break; fi
done
[ -n "$python" ] || { echo "LearnFlow needs Python 3.11 or newer. Install it, or name it: PYTHON=/path/to/python3 make run" >&2; exit 1; }

# --- virtual environment ---------------------------------------------------------------------------------------------
stamp=".venv/learnflow-$(cat requirements.txt requirements-dev.txt pyproject.toml | cksum | tr ' ' '-')"
dev_stamp="$stamp-dev"
[ "$lock" = requirements-dev.txt ] && wanted=$dev_stamp || wanted=$stamp
if [ ! -e "$wanted" ] && [ ! -e "$dev_stamp" ]; then
  echo "Installing dependencies into .venv (once) …"
  if [ ! -x .venv/bin/python ] || ! .venv/bin/python -c 'import pip' 2>/dev/null; then
    rm -rf .venv
    "$python" -m venv .venv >/dev/null 2>&1 || {
      rm -rf .venv
      install_debian python3-venv && "$python" -m venv .venv || {
        echo "python3 -m venv does not work here. On Debian and Ubuntu: sudo apt-get install python3-venv" >&2; exit 1; }
    }
  fi
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
  rm -f .venv/learnflow-*
  : > "$wanted"
fi

# --- sandbox ---------------------------------------------------------------------------------------------------------
if [ "$(uname -s)" = Linux ]; then
  missing=""
  command -v bwrap >/dev/null 2>&1 || missing="bubblewrap"
  .venv/bin/python -c 'import pyseccomp' 2>/dev/null || missing="$missing libseccomp2"
  if [ -n "$missing" ]; then
    echo "Installing the sandbox ($missing) …"
    # shellcheck disable=SC2086 — a list of packages
    install_debian $missing || {
      echo "The sandbox needs:$( [ "${missing# }" = "$missing" ] && echo " $missing" || echo "$missing"). Nothing is judged without it." >&2
      echo "  Debian, Ubuntu:  sudo apt-get install $missing" >&2
      echo "  Fedora:          sudo dnf install bubblewrap libseccomp" >&2
      echo "  Arch:            sudo pacman -S bubblewrap libseccomp" >&2
    }
  fi
fi

[ "$database" = yes ] || exit 0

# --- settings and database -------------------------------------------------------------------------------------------
[ -e .env ] || cp .env.example .env
.venv/bin/learnflow prepare
