#!/usr/bin/env bash
# What the fault of each sensor does, as docs/degradation.md has it: makes its tables anew, or with --check says whether they are still true.
#   tests/degradation.sh [--check] [--faults FAULT,...] [--data FOLDER]
# --faults: only these rows, for who has little time; they can be checked, not written.
# Exit code 0: it is written, or true. 1: it is not true any more; the difference is printed.
set -euo pipefail
cd "$(dirname "$0")/.."
data=../shared/data
all=killed,frozen,delayed,lying,raving
faults=$all
check=
usage() { echo "usage: tests/degradation.sh [--check] [--faults FAULT,...] [--data FOLDER]" >&2; exit 2; }
while [ $# -gt 0 ]; do
    case $1 in
        --check) check=yes ;;
        --faults) faults=${2:?--faults needs a list}; shift ;;
        --data) data=${2:?--data needs a folder}; shift ;;
        *) usage ;;
    esac
    shift
done
[ -n "$check" ] || [ "$faults" = "$all" ] || usage

made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
wrong=0

# The implied volatility of those days is a recording too, and a plan's files stay in its folder: so the plans are used beside a copy of it.
cp -r hocon/plans "$made/"
dvol=$data/12_external_factors/btc_dvol_daily_2025-04-01_2025-10-23.csv
[ ! -f "$dvol" ] || { cp "$dvol" "$made/plans/dvol.csv"; echo 'dolphin.exf { source = files, files = [dvol.csv], fresh-for.dvol = 26h }' >> "$made/plans/degradation.hocon"; }

table() { # table NAME PLAN FILE TIME...: makes one, and puts it between its marks or compares it with what stands there
    local name=$1 plan=$2 file=$data/$3; shift 3
    [ -f "$file" ] || { echo "skipped: $file is not on this machine"; return; }
    dotnet run --project src/Dolphin.Node -c Release -- degrade --plan "$made/plans/$plan" --data "$file" --faults "$faults" "$@" \
        > "$made/$name" 2> "$made/progress" || { cat "$made/progress" "$made/$name"; exit 1; }
    awk -v name="$name" '/<!-- .*: end -->/ { inside = 0 } inside { print } $0 == "<!-- " name ": begin -->" { inside = 1 }' docs/degradation.md > "$made/page"
    if [ -n "$check" ]; then
        # What was made, and the same rows of the page, whose columns are as wide as all of its rows need.
        rows() { awk -v faults=",none,$faults," '/^(none|L[0-9]+_)/ && ($1 == "none" || index(faults, "," $2 ","))' "$1" | tr -s ' '; }
        diff -u <(rows "$made/page") <(rows "$made/$name") && echo "$name: docs/degradation.md is true ($(rows "$made/$name" | wc -l) rows)" || wrong=1
        return
    fi
    awk -v name="$name" -v table="$made/$name" '
        $0 == "<!-- " name ": end -->" { inside = 0 }
        !inside { print }
        $0 == "<!-- " name ": begin -->" { inside = 1; print "```"; while ((getline line < table) > 0) print line; print "```" }
    ' docs/degradation.md > "$made/degradation.md"
    cp "$made/degradation.md" docs/degradation.md
    echo "$name: docs/degradation.md is written"
}

table crash degradation.hocon 02_usdm_15m_1h_522sym_2024-2025/ohlcv_15m_2025-10-05_2025-10-17.csv.gz \
    --from 2025-10-09T12:00Z --to 2025-10-11T12:00Z --at 2025-10-10T20:00Z
table envelope degradation-envelope.hocon 02_usdm_15m_1h_522sym_2024-2025/ohlcv_15m_2025-10-05_2025-10-17.csv.gz \
    --from 2025-10-07T12:00Z --to 2025-10-11T12:00Z --at 2025-10-10T20:00Z --sensors L3_MC_FOREWARNER
table books ticks.hocon 04_l2_usdm_btc_spot_btc_2024-08-08/usdm_btcusdt_20240808.gz --at 2024-08-08T23:55:00Z --for 3m
exit $wrong
