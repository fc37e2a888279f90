using System.Collections.Immutable;
using Dolphin.Actors;
using Dolphin.Actors.Invariants;
using Dolphin.Actors.Node;
using Dolphin.Domain.Reporting;
using Dolphin.Domain.Survival;

namespace Dolphin.Node.Running;

/// <summary>Draws a run of this process from its boards. Asked at most a few times a second; each answer is a new picture.</summary>
internal sealed class BoardView(
    RunBoard board, RiskBoard risk, InvariantLedger invariants, StateFolder folder, string market, long seed, Func<long> barsDone, long? barsTotal,
    Func<long> eventsPersisted, Func<ClusterPicture?>? cluster = null) : IRunView
{
    private static readonly TimeSpan RateWindow = TimeSpan.FromSeconds(1);
    private readonly Lock _gate = new();
    private readonly DateTimeOffset _startedAt = TimeProvider.System.GetUtcNow();
    private readonly long _began = TimeProvider.System.GetTimestamp();
    private long _rateSince = TimeProvider.System.GetTimestamp(), _rateBars = -1;
    private double _rate;

    public RunPhase Phase { get; set; } = RunPhase.Recovering;

    public RunSnapshot Snapshot()
    {
        lock (_gate)
        {
            var (bars, newest) = (barsDone(), risk.Latest);
            var (orders, balancer) = (board.Orders, board.Balancer);
            return new RunSnapshot(
                Edition.Name, market, seed, Phase, _startedAt, newest?.At, new RunProgress(bars, barsTotal, Rate(bars), TimeProvider.System.GetElapsedTime(_began).TotalSeconds),
                RunPicture.Assets(board), newest is null ? null : Explanation.Of(newest), RunPicture.Money(board),
                new RunCounts(orders.Sent, RunPicture.Fills(board), orders.Open, orders.Rejected, eventsPersisted(), RunPicture.FillsNotOurs(board)), board.Postures,
                RunPicture.Counts(invariants), board.Halted, board.News, cluster?.Invoke(), balancer?.Statistics, RunPicture.Divergence(board), RunPicture.Sizing(board),
                RunPicture.Hermes(board), RunPicture.Directional(board), board.Scan, board.Esof, board.Factors, board.Alpha, board.Forewarner,
                RunPicture.Compression(board), RunPicture.Protectors(board), balancer?.Streams, board.Clock, board.Feed, board.Quorum);
        }
    }

    public Task<Explanation?> ExplainAsync(DateTimeOffset? at, CancellationToken cancellation) => at is { } moment
        ? Task.Run(() => RiskHistory.At(folder, moment), cancellation)
        : Task.FromResult(risk.Latest is { } latest ? Explanation.Of(latest) with { Sizing = RunPicture.Sizing(board), Scan = board.Scan?.Watch, Forewarner = board.Forewarner, Quorum = board.Quorum, Alpha = board.Alpha, Esof = board.Esof } : null);

    private double Rate(long bars)
    {
        if (_rateBars < 0) _rateBars = bars;
        var elapsed = TimeProvider.System.GetElapsedTime(_rateSince);
        if (elapsed < RateWindow) return _rate;
        _rate = (bars - _rateBars) / elapsed.TotalSeconds;
        (_rateSince, _rateBars) = (TimeProvider.System.GetTimestamp(), bars);
        return _rate;
    }
}
