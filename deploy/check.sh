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

# Each health check and probe, run here: it has to fail where nobody listens and at a 503, and to pass at a 200.
probes() { python3 - compose/compose.yaml k8s/*.yaml << 'END'
import http.server, re, subprocess, sys, threading, yaml
commands = []
def look(part):
    if isinstance(part, dict):
        if 'test' in part and part['test'][0] == 'CMD': commands.append([word.replace('$$', '$') for word in part['test'][1:]])
        if isinstance(part.get('exec'), dict): commands.append(part['exec']['command'])
        for value in part.values(): look(value)
    elif isinstance(part, list):
        for value in part: look(value)
for name in sys.argv[1:]:
    for document in yaml.safe_load_all(open(name)): look(document)
checks = sorted({tuple(command) for command in commands if command[0] == 'bash'})
status, asked = 200, []
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self): asked.append(self.path); self.send_response(status); self.end_headers()
    def log_message(self, *_): pass
server = http.server.HTTPServer(('127.0.0.1', 0), Answer)
threading.Thread(target=server.serve_forever, daemon=True).start()
def passes(check, port): # The same words, asked at a port that is free here.
    words = [re.sub(r'127\.0\.0\.1([/:])\d+', rf'127.0.0.1\g<1>{port}', word) for word in check]
    return subprocess.run(words, stderr=subprocess.DEVNULL, timeout=10).returncode == 0
wrong = [] if checks else ['no health check found']
for check in checks:
    for status, expected in ((200, True), (503, False)):
        if passes(check, server.server_port) != expected: wrong.append(f'at {status}, expected {"a pass" if expected else "a failure"}: {check}')
server.shutdown(); server.server_close()
wrong += [f'passes where nobody listens: {check}' for check in checks if passes(check, server.server_port)]
wrong += [f'asks for {path}, expected /health/live or /health/ready' for path in sorted(set(asked)) if path not in ('/health/live', '/health/ready')]
print('\n'.join(wrong)); sys.exit(bool(wrong))
END
}

if docker compose version > /dev/null 2>&1; then check docker "compose.yaml (docker compose config)" docker compose -f compose/compose.yaml config --quiet --no-path-resolution
else echo "not checked, no docker compose here: what compose makes of compose.yaml"; fi
check python3 "all YAML can be read" yaml compose/compose.yaml k8s/*.yaml
check python3 "health checks and probes say what the answer says" probes
check kubectl "Kubernetes manifests fit together (kubectl kustomize)" kubectl kustomize k8s
check systemd-analyze "systemd units" units
check bash "scripts" bash -n images.sh certificates.sh
exit $failed
