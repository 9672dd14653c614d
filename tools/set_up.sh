#!/bin/sh
# Make .venv where there is none, and install into it the versions a file pins, then this checkout itself.
#
#     PYTHON=python3.12 tools/set_up.sh requirements.txt
set -eu
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}

if ! command -v "$python" >/dev/null; then
    echo "Cannot set up: there is no $python here. Install Python 3.11 or later, or name one: make setup PYTHON=python3.12" >&2
    exit 2
fi
"$python" -c '
import sys
if sys.version_info < (3, 11):
    sys.exit("Cannot set up: Caseclock needs Python 3.11 or later, and this is %s. "
             "Name a later one: make setup PYTHON=python3.12" % sys.version.split()[0])
'

# Some systems ship venv without ensurepip; the pip beside Python can then fill the environment from outside.
if "$python" -c 'import ensurepip' 2>/dev/null; then
    [ -x .venv/bin/pip ] || "$python" -m venv .venv
    pip=".venv/bin/python -m pip"
else
    [ -x .venv/bin/python ] || "$python" -m venv --without-pip .venv
    pip="$python -m pip --python .venv/bin/python"
fi

# -qq: errors only. Every version is pinned and every file checked against its hash.
echo "Installing what $1 pins into .venv" >&2
$pip --disable-pip-version-check install -qq --require-hashes -r "$1"
$pip --disable-pip-version-check install -qq --no-deps --no-build-isolation -e .
.venv/bin/python tools/link_rooms.py
