using Dolphin.Actors.Market;
using Dolphin.Domain;
using Dolphin.Domain.Market;

namespace Dolphin.Benchmarks.Memory;

/// <summary>Plays a market that swings by two percent to and fro to everybody, one bar after the other, each when all have seen the one before.</summary>
internal sealed class Tape : ReceiveActor
{
    /// <summary>All windows are full after sixty; the rest, once up and down, is trading.</summary>
    public const int Bars = 100;
    private const int Period = 40, BarsACollection = 4;
    private const decimal Middle = 100m, Swing = 0.02m;
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private Play? _play;
    private int _bar, _left;

    /// <param name="Done">Completed when everybody has seen the last bar.</param>
    internal sealed record Play(IReadOnlyList<IActorRef> To, DateTimeOffset From, TaskCompletionSource Done);

    public Tape()
    {
        Receive<Play>(play =>
        {
            (_play, _bar) = (play, 0);
            Next();
        });
        Receive<MarketProtocol.BarSeen>(_ =>
        {
            if (--_left == 0) Next();
        });
        ReceiveAny(static _ => { }); // Assets attach; here nobody has to.
    }

    private void Next()
    {
        if (_bar == Bars)
        {
            _play!.Done.SetResult();
            _play = null; // Whom it played to may end.
            return;
        }

        var (price, opens) = (Price.Of(PriceOf(_bar)), _play!.From + _bar++ * Interval);
        var bar = new MarketProtocol.BarClosed(new Bar(opens.ToUnixTimeMilliseconds(), price, price, price, price, new Quantity(5m)), Interval);
        // In a market bars are a minute apart, and the collector comes between them; what engine and actors only need in a rush would stay for ever.
        if (_bar % BarsACollection == 0) GC.Collect(generation: 0, GCCollectionMode.Forced, blocking: true);
        _left = _play.To.Count;
        foreach (var to in _play.To) to.Tell(bar, Self);
    }

    // A triangle, on the tick grid.
    private static decimal PriceOf(int bar)
    {
        var phase = bar % Period;
        var height = phase < Period / 2 ? phase : Period - phase; // 0 to 20
        return decimal.Round(Middle * (1m - Swing / 2m + Swing * height / (Period / 2)), 2);
    }
}
