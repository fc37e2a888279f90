using System.Collections.Immutable;
using Dolphin.Data.Simulation;

namespace Dolphin.Actors.Market;

/// <summary>Which market is simulated. It never ends.</summary>
/// <param name="Interval">Length of a bar; a day is a multiple of it.</param>
public sealed record WorldPlan(ulong Seed, TimeSpan Interval, ImmutableArray<AssetProfile> Assets) : IWorldMarket
{
    public SimulatedMarket MarketFrom(DateTimeOffset start) => new(Seed, start, Interval, Assets);

    public IWorldWalk Begin(DateTimeOffset began)
    {
        var market = MarketFrom(began);
        return new Walk(market, market.WalkFrom(began.ToUnixTimeMilliseconds()));
    }

    public IWorldWalk Resume(WorldMemory memory)
    {
        var market = MarketFrom(memory.Began!.Value);
        return memory.Place is { } place ? new Walk(market, market.Restore(place)) : Begin(memory.Began.Value);
    }

    private sealed class Walk(SimulatedMarket market, MarketWalk walk) : IWorldWalk
    {
        private MarketWalk _walk = walk;

        public long OpenTimeMs => _walk.OpenTimeMs;
        public bool IsOver => false;
        public MarketStep Next() => _walk.Next();
        public WorldMemory Capture(DateTimeOffset? began, long bars) => new(began, _walk.Capture(), bars);

        // While a market is closed nothing moves: the same place, later.
        public void CloseFor(TimeSpan time)
        {
            var (place, ms) = (_walk.Capture(), (long)time.TotalMilliseconds);
            _walk = market.Restore(place with { OpenTimeMs = place.OpenTimeMs + ms, MinuteMs = place.MinuteMs + ms, PremiumSinceMs = place.PremiumSinceMs + ms });
        }
    }
}
