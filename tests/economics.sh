#!/usr/bin/env bash
# What the strategies earn, as docs/benchmarks.md has it: makes its table anew, of three runs of each shipped plan on the recordings.
#   tests/economics.sh [--data FOLDER]
# Exit code 0: it is written. 1: a run failed, or an invariant was violated; the page is as it was.
set -euo pipefail
cd "$(dirname "$0")/.."
data=../shared/data
case ${1:-} in
    "") ;;
    --data) data=${2:?--data needs a folder} ;;
    *) echo "usage: tests/economics.sh [--data FOLDER]" >&2; exit 2 ;;
esac
may=$data/01_usdm_1m_16sym_2025-05
crash=$data/02_usdm_15m_1h_522sym_2024-2025/ohlcv_15m_2025-10-05_2025-10-17.csv.gz
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
dotnet build src/Dolphin.Node -c Release -v q -nologo > "$made/build.log" 2>&1 || { tail -n 20 "$made/build.log"; exit 1; }

rows() { # rows NAME SHOWN DATA [--from TIME]: the three runs of a plan as rows of the table
    local name=$1 shown=$2; shift 2
    echo "$shown" >&2
    dotnet src/Dolphin.Node/bin/Embedded/Release/net10.0/dolphin.dll economics --plan "hocon/plans/$name.hocon" --data "$@" > "$made/run" 2> "$made/progress" \
        && grep -q '^Every invariant held\.$' "$made/run" || { cat "$made/progress" "$made/run" >&2; exit 1; }
    awk -v shown="$shown" -F '  +' '/^(as planned|fees x2|fills halved) / { printf "| %s |", shown; for (i = 1; i <= NF; i++) printf " %s |", $i; print "" }' "$made/run"
}

{
    echo '| plan | terms | gross | fees | funding | net | of capital | max drawdown | turnover | in market | orders | fills |'
    echo '|---|---|---|---|---|---|---|---|---|---|---|---|'
    for plan in hedging-alone full directional-may; do rows $plan $plan "$may"; done
    for plan in compression-may protector-may; do rows $plan $plan "$may" --from 2025-05-13; done
    rows hedging-alone 'hedging-alone, crash' "$crash" --from 2025-10-09
    for plan in compression-crash protector-crash directional-crash full-crash; do rows $plan $plan "$crash" --from 2025-10-09; done
} > "$made/table"
awk -v table="$made/table" '
    $0 == "<!-- economics: end -->" { inside = 0 }
    !inside { print }
    $0 == "<!-- economics: begin -->" { inside = 1; while ((getline line < table) > 0) print line }
' docs/benchmarks.md > "$made/page"
cp "$made/page" docs/benchmarks.md
echo "docs/benchmarks.md is written"
