#!/usr/bin/env bash
# Kills a replay with SIGKILL at random moments, resumes it each time with the same command, and compares what it ends with against
# an uninterrupted run: same stateHash, no order id accepted twice, no event lost.
#
#   tests/kill-and-resume.sh [--kills N] [--plan NAME] [--data PATH... [--from TIME]] [--work DIR] [--seed N]
#
# NAME is a file of hocon/plans, hedge-16.hocon if it is not given. Without --data a simulated market is replayed.
# Nine kills of ten come up to KILL_WINDOW seconds (default 0.8) after a life has recovered, however long
# that took on this machine; the tenth comes while it starts. KILL_SPEED (default 30000x) is how fast the market goes by in between.
set -uo pipefail
cd "$(dirname "$0")/.."
kills=200 seed=1 work="" plan=hedge-16.hocon data=() from=()
while [ $# -gt 0 ]; do
    case $1 in
        --kills) kills=$2; shift 2 ;;
        --seed) seed=$2; shift 2 ;;
        --plan) plan=$2; shift 2 ;;
        --work) work=$2; shift 2 ;;
        --from) from=(--from "$2"); shift 2 ;;
        --data) shift; while [ $# -gt 0 ] && [[ $1 != --* ]]; do data+=("$1"); shift; done ;;
        *) echo "unknown argument $1" >&2; exit 2 ;;
    esac
done
[ -n "$work" ] || { work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; }
mkdir -p "$work"
RANDOM=$seed

dotnet build src/Dolphin.Node -c Release -v q -nologo > "$work/build.log" 2>&1 || { tail -n 20 "$work/build.log"; exit 1; }
# Checkpoints closer than a life is long, or a quiet hour would never be got through; where they are made changes no decision.
cp -r hocon/plans "$work/" # An include names a file beside the including one.
{ echo "include \"$plan\""; echo "dolphin.replay.checkpoint-every-bars = ${KILL_CHECKPOINT:-1000}"; } > "$work/plans/killed.hocon"
dolphin=(dotnet src/Dolphin.Node/bin/Embedded/Release/net10.0/dolphin.dll run --plan "$work/plans/killed.hocon" --no-ui)
if [ ${#data[@]} -gt 0 ]; then market=(--market replay --data "${data[@]}" "${from[@]}")
else market=(--market sim --from 2026-01-05T00:00:00Z --to 2026-01-19T00:00:00Z); fi

field() { sed -nE "s/^ *\"$2\": *\"?([^\",]*)\"?,?$/\1/p" "$1" | head -n 1; }

rm -rf "$work/whole" "$work/killed"
"${dolphin[@]}" "${market[@]}" --speed max --state "$work/whole" --report "$work/whole.json" > "$work/whole.log" 2>&1 \
    || { echo "the uninterrupted run failed:"; tail -n 20 "$work/whole.log"; exit 1; }
expected=$(field "$work/whole.json" stateHash)
wall=$(field "$work/whole.json" wallSeconds)
echo "uninterrupted: stateHash $expected in $wall s"

done_early=0
for ((i = 1; i <= kills; i++)); do
    # A replay at full speed is over too soon to be killed often: every life is slowed so that all kills fit into the market.
    : > "$work/life.log"
    "${dolphin[@]}" "${market[@]}" --speed "${KILL_SPEED:-30000x}" --state "$work/killed" --report "$work/killed.json" > "$work/life.log" 2>&1 &
    pid=$!
    if ((RANDOM % 10 > 0)); then
        until grep -q "Running" "$work/life.log" || ! kill -0 $pid 2> /dev/null; do sleep 0.02; done
    fi
    sleep "$(awk -v r=$RANDOM -v w="${KILL_WINDOW:-0.8}" 'BEGIN { printf "%.3f", w * r / 32767 }')"
    if kill -9 $pid 2> /dev/null; then
        wait $pid 2> /dev/null
        grep -h "Resumed" "$work/life.log" >> "$work/resumes.log"
    else wait $pid; code=$?; [ $code -eq 0 ] || { echo "life $i ended with exit code $code:"; tail -n 20 "$work/life.log"; exit 1; }; done_early=$i; break
    fi
done
[ $done_early -eq 0 ] || echo "the replay was over after $((done_early - 1)) kills"

lives=$(grep -c . "$work/resumes.log" 2> /dev/null || true)
start=$(date +%s.%N)
"${dolphin[@]}" "${market[@]}" --speed max --state "$work/killed" --report "$work/killed.json" > "$work/last.log" 2>&1 \
    || { echo "the last life failed:"; tail -n 20 "$work/last.log"; exit 1; }
last=$(awk -v a="$start" -v b="$(date +%s.%N)" 'BEGIN { printf "%.1f", b - a }')
actual=$(field "$work/killed.json" stateHash)
echo "lives that resumed from a checkpoint: $lives; the last: $(tail -n 1 "$work/resumes.log" 2> /dev/null)"
echo "killed and resumed: stateHash $actual; the last life took $last s"

bad=0
[ "$expected" = "$actual" ] || { echo "FAILED: the state differs"; bad=1; }
events=$(field "$work/whole.json" eventsPersisted) events_killed=$(field "$work/killed.json" eventsPersisted)
echo "events: $events uninterrupted, $events_killed killed"
[ "$events" = "$events_killed" ] || { echo "FAILED: events were lost or doubled"; bad=1; }
orders=$(field "$work/whole.json" orders) orders_killed=$(field "$work/killed.json" orders)
[ "$orders" = "$orders_killed" ] || { echo "FAILED: $orders orders uninterrupted, $orders_killed killed"; bad=1; }
if grep -q '"violated": *[1-9]' "$work/killed.json"; then echo "FAILED: an invariant was violated"; bad=1; fi
[ $bad -eq 0 ] && echo "ok: after kill -9 the state, the events and the orders are those of an uninterrupted run"
exit $bad
