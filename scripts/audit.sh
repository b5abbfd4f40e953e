#!/usr/bin/env bash
# Looks for known vulnerabilities in what is pinned and for secrets in the history; needs a network.
# scripts/audit.sh [vulnerabilities|secrets|hashes]: one of them; hashes writes the digests of requirements/*.txt anew.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Within .venv, which everything that walks the checkout leaves out.
venv=".venv/audit"
stamp="$venv/.audit-$(cksum <requirements/audit.txt | cut -d' ' -f1)"
if [[ ! -f "$stamp" ]]; then
  "${PYTHON:-python3}" -m venv --clear "$venv"
  "$venv/bin/python" -m pip --disable-pip-version-check install --quiet --no-deps --require-hashes \
    --requirement requirements/audit.txt
  touch "$stamp"
fi

vulnerabilities() {
  # --strict: what could not be asked about is a failure and not "none found". Only the closure is asked about, nothing is
  # installed; torch, which has no digests, by its version.
  local pinned
  pinned="$(mktemp)"
  trap 'rm -f "$pinned"' RETURN
  grep -hE '^[A-Za-z0-9].*==' requirements/runtime.txt requirements/dev.txt | sed 's/ *\\$//' >"$pinned"
  "$venv/bin/pip-audit" --strict --disable-pip --no-deps --requirement "$pinned"
}

secrets() {
  "$venv/bin/gitleaks" git . --no-banner --redact --config .gitleaks.toml
}

case "${1:-all}" in
  vulnerabilities) vulnerabilities ;;
  secrets) secrets ;;
  hashes) "$venv/bin/python" scripts/hash_requirements.py requirements/{runtime,dev,unstructured,audit}.txt ;;
  all)
    vulnerabilities
    secrets
    ;;
  *)
    echo "audit: there is no '$1'; the parts are vulnerabilities, secrets and hashes." >&2
    exit 2
    ;;
esac
