#!/usr/bin/env bash
# What the fault of each sensor does, as docs/degradation.md has it: makes the table anew, or with --check says whether it is still true.
#   tests/degradation.sh [--check] [--faults FAULT,...] [--data FILE]
# --faults: only these rows, for who has little time; they can be checked, not written.
# Exit code 0: it is written, or true. 1: it is not true any more; the difference is printed.
set -euo pipefail
cd "$(dirname "$0")/.."
data=../shared/data/02_usdm_15m_1h_522sym_2024-2025/ohlcv_15m_2025-10-05_2025-10-17.csv.gz
all=killed,frozen,delayed,lying,raving
faults=$all
check=
usage() { echo "usage: tests/degradation.sh [--check] [--faults FAULT,...] [--data FILE]" >&2; exit 2; }
while [ $# -gt 0 ]; do
    case $1 in
        --check) check=yes ;;
        --faults) faults=${2:?--faults needs a list}; shift ;;
        --data) data=${2:?--data needs a file}; shift ;;
        *) usage ;;
    esac
    shift
done
[ -n "$check" ] || [ "$faults" = "$all" ] || usage
[ -f "$data" ] || { echo "skipped: $data is not on this machine"; exit 0; }

made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
dotnet run --project src/Dolphin.Node -c Release -- degrade --plan hocon/plans/degradation.hocon --data "$data" --faults "$faults" \
    --from 2025-10-09T12:00Z --to 2025-10-11T12:00Z --at 2025-10-10T20:00Z > "$made/table" 2> "$made/progress" || { cat "$made/progress" "$made/table"; exit 1; }
if [ -n "$check" ]; then
    # What was made, and the same rows of the page, whose columns are as wide as all of its rows need.
    rows() { awk -v faults=",none,$faults," '/^(none|L[0-9]+_)/ && ($1 == "none" || index(faults, "," $2 ","))' "$1" | tr -s ' '; }
    diff -u <(rows docs/degradation.md) <(rows "$made/table") && echo "docs/degradation.md is true ($(rows "$made/table" | wc -l) rows)"
    exit
fi
awk -v table="$made/table" '
    /<!-- table: end -->/ { inside = 0 }
    !inside { print }
    /<!-- table: begin -->/ { inside = 1; print "```"; while ((getline line < table) > 0) print line; print "```" }
' docs/degradation.md > "$made/degradation.md"
cp "$made/degradation.md" docs/degradation.md
echo "docs/degradation.md is written"
