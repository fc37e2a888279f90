#!/usr/bin/env bash
# Signals by the clock: long and short by turns, for plans that try how orders are executed and say nothing of when to trade. hocon/plans/ticks.csv came out of
#
#   hocon/plans/parts/by-turns.sh BTCUSDT 2024-08-08T23:54:40Z 2024-08-08T23:59:20Z 20 > hocon/plans/ticks.csv
set -euo pipefail
[ $# -eq 4 ] || { echo "expected SYMBOL, the time of the first signal, that of the last, and the seconds between two" >&2; exit 2; }
echo "# By hocon/plans/parts/by-turns.sh $*: long and short by turns. Do not edit."
echo "at,symbol,side,confidence"
side=long
for ((at = $(date -ud "$2" +%s), last = $(date -ud "$3" +%s); at <= last; at += $4)); do
    echo "$(date -ud "@$at" +%Y-%m-%dT%H:%M:%SZ),$1,$side,0.9"
    [ $side = long ] && side=short || side=long
done
