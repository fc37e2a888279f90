using Dolphin.Data.Simulation;

namespace Dolphin.Actors.Market;

/// <summary>A market that can be played onto the wall clock: a simulated one, or a recording.</summary>
public interface IWorldMarket
{
    /// <summary>How long a bar takes on the wall clock; eight hours are a multiple of it.</summary>
    TimeSpan Interval { get; }

    /// <summary>From the first bar.</summary>
    /// <param name="began">On the wall clock's grid: when the first bar opens.</param>
    IWorldWalk Begin(DateTimeOffset began);

    /// <summary>From where it was stored.</summary>
    IWorldWalk Resume(WorldMemory memory);
}

/// <summary>A market being played, one bar after the other. Not safe to use from two threads.</summary>
public interface IWorldWalk
{
    /// <summary>Unix milliseconds, on the wall clock: when the next bar opens, or would if there were one.</summary>
    long OpenTimeMs { get; }

    /// <summary>There is no next bar, and will be none.</summary>
    bool IsOver { get; }

    /// <returns>The next bar of every symbol and the funding due in it, at the wall clock's times; null if the market is over.</returns>
    MarketStep? Next();

    /// <summary>Goes on at the same prices, that much later. Called before <see cref="Next"/>, and with a whole multiple of eight hours.</summary>
    void CloseFor(TimeSpan time);

    /// <summary>Where it stands: the next bar is the one that comes next after <see cref="IWorldMarket.Resume"/>.</summary>
    /// <param name="bars">Bars of one symbol each before that place.</param>
    WorldMemory Capture(DateTimeOffset? began, long bars);
}
