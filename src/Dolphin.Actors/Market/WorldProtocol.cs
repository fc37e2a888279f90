using System.Collections.Immutable;
using Dolphin.Data.Simulation;

namespace Dolphin.Actors.Market;

/// <summary>What the simulated world hears and says besides what it tells venue and feed.</summary>
public static class WorldProtocol
{
    /// <summary>
    /// Go on where the market would be by now. Answered by <see cref="Open"/> when the venue has been shown what happened meanwhile and the
    /// bar of this moment forms.
    /// </summary>
    public sealed record Begin;

    /// <param name="Began">When the market began, in this life or an earlier one.</param>
    /// <param name="Missed">How much of the market nobody watched.</param>
    /// <param name="Closed">How long it was closed besides, because nobody came for longer than it goes on unwatched.</param>
    public sealed record Open(DateTimeOffset Began, TimeSpan Missed, TimeSpan Closed);

    /// <summary>From now on closed bars go to <paramref name="Feed"/>.</summary>
    public sealed record Connect(IActorRef Feed);

    /// <summary>Show nothing more: the process is about to end. Answered by <see cref="Resting"/>.</summary>
    public sealed record Rest;
    public sealed record Resting;
}

/// <summary>Stored for ever: add cases and optional fields; never rename, retype or reuse one.</summary>
public abstract record WorldEvent
{
    private WorldEvent() { }
    /// <param name="At">Open of the first bar.</param>
    public sealed record Began(DateTimeOffset At) : WorldEvent;
}

/// <summary>What is stored of the world.</summary>
/// <param name="Began">Open of the first bar; null before there was one.</param>
/// <param name="Place">Where the walk stood before the newest bar that the venue may not have seen the end of.</param>
/// <param name="Bars">Bars of one symbol each before that place.</param>
public sealed record WorldMemory(DateTimeOffset? Began, MarketWalkState? Place, long Bars);

/// <summary>Which market is simulated.</summary>
/// <param name="Interval">Length of a bar; a day is a multiple of it.</param>
public sealed record WorldPlan(ulong Seed, TimeSpan Interval, ImmutableArray<AssetProfile> Assets)
{
    public SimulatedMarket MarketFrom(DateTimeOffset start) => new(Seed, start, Interval, Assets);
}
