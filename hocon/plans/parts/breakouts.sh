#!/usr/bin/env bash
# Makes signals of a recording by one plain rule, for plans that trade on them. The files beside this folder came out of
#
#   may=../shared/data/01_usdm_1m_16sym_2025-05 october=../shared/data/02_usdm_15m_1h_522sym_2024-2025/ohlcv_15m_2025-10-05_2025-10-17.csv.gz
#   hocon/plans/parts/breakouts.sh $may BTCUSDT ETHUSDT SOLUSDT XRPUSDT > hocon/plans/directional-may.csv
#   hocon/plans/parts/breakouts.sh $may XRPUSDT > hocon/plans/full.csv
#   hocon/plans/parts/breakouts.sh $october DOGEUSDT > hocon/plans/full-crash.csv
#
# The rule, at the close of every bar: a close above the highest close of the 24 hours before it is long, one below the lowest is short, and after a signal of a
# symbol there is no other one of it for four hours. The time of a signal is that at which its bar closes, so nothing that comes later is in it. The confidence
# is always 0.7: the rule knows nothing about how sure it is. It is an example, not advice.
set -euo pipefail
[ $# -ge 2 ] || { echo "expected a folder of SYMBOL-1m.csv.gz files, or one file of 15-minute bars of many symbols, and at least one symbol" >&2; exit 2; }
from=$1
shift
bars() { # bars SYMBOL: open time and close of each bar
    if [ -d "$from" ]; then zcat "$from/$1-1m.csv.gz" | awk -F, 'NR > 1 { print $1, $5 }'
    else zcat "$from" | awk -F, -v symbol="$1" 'NR > 1 && $2 == symbol { print $1, $6 }'; fi
}
[ -d "$from" ] && minutes=1 || minutes=15
echo "# By hocon/plans/parts/breakouts.sh, from $(basename "$from"): closes beyond the closes of the 24 hours before. Do not edit."
echo "at,symbol,side,confidence"
for symbol in "$@"; do
    # The two queues hold the bars of the window that can still be its highest or its lowest close: what is newer and beyond takes their place.
    bars "$symbol" | TZ=UTC awk -v symbol="$symbol" -v minutes="$minutes" -v pause=14400000 '
        BEGIN { window = 1440 / minutes }
        {
            n++; close_ = $2 + 0; closes_at = $1 + minutes * 60000
            while (hf < hn && hi_at[hf] < n - window) hf++
            while (lf < ln && lo_at[lf] < n - window) lf++
            if (n > window && (last == "" || closes_at - last >= pause)) {
                side = close_ > hi[hf] ? "long" : close_ < lo[lf] ? "short" : ""
                if (side != "") {
                    printf "%s,%s,%s,0.7\n", strftime("%Y-%m-%dT%H:%M:%SZ", closes_at / 1000, 1), symbol, side
                    last = closes_at
                }
            }
            while (hn > hf && hi[hn - 1] <= close_) hn--
            hi[hn] = close_; hi_at[hn++] = n
            while (ln > lf && lo[ln - 1] >= close_) ln--
            lo[ln] = close_; lo_at[ln++] = n
        }'
done | sort -t, -k1,1 -k2,2 -s
