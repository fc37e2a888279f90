using Dolphin.Actors.Node;
using Dolphin.Data;
using Dolphin.Venues.Paper;

namespace Dolphin.Backtest.Replay;

/// <summary>One replay, complete and validated.</summary>
/// <param name="From">Open time of the first bar, inclusive; Unix milliseconds.</param>
/// <param name="To">Open time of the last bar, exclusive; Unix milliseconds.</param>
/// <param name="Speed">Seconds of market time in one second of wall time; null is as fast as the machine can.</param>
/// <param name="Journal">Bounds and timeouts; where and how it is stored is the replay's own affair.</param>
/// <param name="CheckpointEveryBars">Bars of one symbol each. A crash costs at most so many to be replayed again.</param>
public sealed record ReplayOptions(
    NodePlan Plan, PaperPolicy Venue, IMarketSource Market, RunIdentity Identity, StateFolder Folder, long From, long To,
    double? Speed, long CheckpointEveryBars, JournalSettings Journal);
