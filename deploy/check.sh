#!/usr/bin/env bash
# Checks what stands in this folder with the programs that this machine has, and says which it lacks.
set -uo pipefail
cd "$(dirname "$0")"
failed=0
check() { # check PROGRAM WHAT COMMAND...
    local program=$1 what=$2; shift 2
    command -v "$program" > /dev/null || { echo "not checked, no $program here: $what"; return; }
    if "$@" > /tmp/dolphin-check.$$ 2>&1; then echo "ok: $what"; else echo "FAILED: $what"; cat /tmp/dolphin-check.$$; failed=1; fi
    rm -f /tmp/dolphin-check.$$
}
yaml() { python3 -c 'import sys, yaml; [list(yaml.safe_load_all(open(f))) for f in sys.argv[1:]]' "$@"; }
units() { ! systemd-analyze verify systemd/*.service 2>&1 | grep -v 'is not executable: No such file'; } # The program is installed elsewhere.

if docker compose version > /dev/null 2>&1; then check docker "compose.yaml (docker compose config)" docker compose -f compose/compose.yaml config --quiet --no-path-resolution
else echo "not checked, no docker compose here: what compose makes of compose.yaml"; fi
check python3 "all YAML can be read" yaml compose/compose.yaml k8s/*.yaml
check kubectl "Kubernetes manifests fit together (kubectl kustomize)" kubectl kustomize k8s
check systemd-analyze "systemd units" units
check bash "scripts" bash -n images.sh certificates.sh
exit $failed
