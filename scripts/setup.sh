#!/usr/bin/env bash
# Makes .venv hold exactly what requirements/<profile>.txt says: scripts/setup.sh runtime|dev
#
# Safe to kill and to repeat: the stamp that says "done" is written last, and what is whole is not installed again.
# PYTHON=/path/to/python chooses the interpreter of a new environment.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

profile="${1:-runtime}"
requirements="requirements/$profile.txt"
venv=".venv"
python="$venv/bin/python"
is_supported='import sys; sys.exit(sys.version_info < (3, 11))'

fail() {
  printf 'setup: %s\n' "$*" >&2
  exit 1
}

find_python() {
  local candidate
  for candidate in ${PYTHON:+"$PYTHON"} python3.11 python3.12 python3.13 python3; do
    if "$candidate" -c "$is_supported" >/dev/null 2>&1; then
      printf '%s' "$candidate"
      return
    fi
  done
  fail "Python 3.11 or newer is needed and none was found; install it, or name it with PYTHON=/path/to/python."
}

# The folder is part of the key: an editable install of a checkout that has been moved points nowhere.
fingerprint() {
  { pwd
    cat requirements/runtime.txt "requirements/$1.txt" requirements/runtime.in pyproject.toml sdk/pyproject.toml
    ls -d ./*/__init__.py 2>/dev/null || true
  } | "$python" -c 'import hashlib, sys; print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())'
}

is_ready() {
  "$python" -c "$is_supported" >/dev/null 2>&1 && [[ -f "$venv/.setup-$1" && "$(cat "$venv/.setup-$1")" == "$(fingerprint "$1")" ]]
}

# Says every 15 s that the work goes on, for as long as this script lives.
tick() {
  local began="$SECONDS" nap
  trap 'kill "$nap" 2>/dev/null; exit 0' TERM
  while kill -0 "$$" 2>/dev/null; do
    sleep 15 >/dev/null 2>&1 &
    nap=$!
    wait "$nap"
    printf 'setup:   still at it after %d s\n' "$((SECONDS - began))"
  done
}

# One sentence for the causes that a newcomer meets; what the tool itself said stands above it.
explain_failure() {
  local free
  free="$(df -Pm . | awk 'NR == 2 { print $4 }')"
  if [[ "${free:-9999}" -lt 100 ]]; then
    printf '%s' "the disk is full ($free MB free, about 2,500 are needed); free some space, then 'make setup' continues."
  elif grep -qE 'NewConnectionError|NameResolutionError|ConnectTimeout|Connection to .* timed out|No matching distribution' "$said"; then
    printf '%s' "no package could be fetched; connect to the network or set PIP_FIND_LINKS to a folder of wheels, then 'make setup' continues."
  else
    printf '%s' "this step failed; the cause stands above, and 'make setup' continues where it stopped."
  fi
}

# step "sentence" command…: one line when it starts, one when it is done.
step() {
  local sentence="$1" began="$SECONDS" ticker
  shift
  printf 'setup: %s\n' "$sentence"
  tick &
  ticker=$!
  trap "kill $ticker 2>/dev/null || true; rm -f '$said'" EXIT
  "$@" 2> >(tee "$said" >&2) || fail "$(explain_failure)"
  kill "$ticker" 2>/dev/null || true
  wait "$ticker" 2>/dev/null || true
  trap "rm -f '$said'" EXIT
  printf 'setup:   done in %d s\n' "$((SECONDS - began))"
}

install() {
  "$python" -m pip --disable-pip-version-check install --quiet --quiet "$@"
}

# What pip takes by digest: all of the profile but torch.
hashed_closure() {
  if [[ "$1" != runtime ]]; then
    grep -v '^-r ' "requirements/$1.txt"
  fi
  grep -v '^torch==' requirements/runtime.txt
}

# pip writes INSTALLER after a package's files: without it the package is a half, which pip would take for whole.
forget_half_installed() {
  local info
  for info in "$venv"/lib/python*/site-packages/*.dist-info; do
    if [[ -d "$info" && ! -f "$info/INSTALLER" ]]; then
      rm -rf "$info"
    fi
  done
}

[[ -f "$requirements" ]] || fail "there is no $requirements; the profiles are runtime and dev."

# Everything of runtime is in dev, so a checkout set up for tests is set up for running. And what its owner has set up
# runs for everybody: only setting it up needs to write.
if is_ready "$profile" || is_ready dev; then
  exit 0
fi
[[ -w . ]] || fail "$PWD is read-only for you and not set up; run 'make setup' as its owner, or clone it elsewhere."
said="$(mktemp 2>/dev/null || TMPDIR=/tmp mktemp)" || fail "no temporary file can be made; set TMPDIR to a folder that exists and has room."
[[ -d "${TMPDIR:-/tmp}" ]] || export TMPDIR=/tmp

if ! "$python" -c "import pip; $is_supported" >/dev/null 2>&1; then
  base="$(find_python)"
  "$base" -c 'import ensurepip, venv' >/dev/null 2>&1 ||
    fail "$base has no venv module; on Debian and Ubuntu it is in the package python3-venv."
  step "creating $venv with $("$base" --version)" "$base" -m venv --clear "$venv"
fi

forget_half_installed
torch="$(grep '^torch==' requirements/runtime.txt)"
# Without its dependencies, for they are in the closure and have digests. It has none: which of its builds is wanted is
# the choice of whoever installs it (README).
step "installing $torch (the largest part, once)" install --no-deps "$torch"
hashed="$(mktemp)"
hashed_closure "$profile" >"$hashed"
step "installing $requirements, every file by its digest" install --no-deps --require-hashes --requirement "$hashed"
rm -f "$hashed"
step "installing Answerable and its SDK in place" \
  install --no-deps --no-build-isolation --editable . --editable ./sdk
"$python" -m pip --disable-pip-version-check check >/dev/null ||
  fail "the installed packages contradict each other; '$python -m pip check' says which."

fingerprint "$profile" >"$venv/.setup-$profile.part"
mv "$venv/.setup-$profile.part" "$venv/.setup-$profile"
printf 'setup: ready\n'
