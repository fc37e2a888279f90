using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Dolphin.Domain;
using Dolphin.Domain.Market;

namespace Dolphin.Data.Simulation;

/// <summary>A market that was never there: correlated assets with moods, jumps, busy and quiet hours. It starts at a time and never ends.</summary>
/// <remarks>
/// Everything follows from seed, universe, interval and start. Bars before a time have to be made (about 0.2 microseconds an
/// asset) to get at those after it, so the market remembers places it has been to; <see cref="Remember"/> tells it of one that
/// was stored.
/// </remarks>
public sealed class SimulatedMarket : IMarketSource
{
    private const string Version = "dolphin-simulation/1";
    private const int StepsBetweenPlaces = 4096;

    private readonly FrozenDictionary<Symbol, AssetProfile> _bySymbol;
    private readonly Lock _memory = new();
    private readonly SortedList<long, MarketWalkState> _places = [];
    private readonly List<FundingRate> _funding = [];
    private long _fundingFromMs;
    private long _fundingToMs;

    /// <param name="start">Open of the first bar; a whole multiple of the interval since the Unix epoch.</param>
    /// <param name="interval">From 1 s to 1 day, whole seconds.</param>
    /// <param name="universe">Each symbol once, any order; null for <see cref="AssetProfile.DefaultUniverse"/>.</param>
    /// <exception cref="ArgumentException">A value is out of its range; the text says which and what would be right.</exception>
    public SimulatedMarket(ulong seed, DateTimeOffset start, TimeSpan interval, IReadOnlyCollection<AssetProfile>? universe = null)
    {
        var profiles = (universe ?? AssetProfile.DefaultUniverse).OrderBy(p => p.Symbol).ToImmutableArray();
        Refuse(profiles, start, interval);
        (Seed, Start, Interval) = (seed, start, interval);
        Symbols = [.. profiles.Select(p => p.Symbol)];
        _bySymbol = profiles.ToFrozenDictionary(p => p.Symbol);
        var sectors = profiles.Select(p => p.Sector).Distinct().Order(StringComparer.Ordinal).ToList();
        SectorCount = sectors.Count;
        Laws = [.. profiles.Select(p => new AssetLaw(p, sectors.IndexOf(p.Sector)))];
        Season = new Season(interval);
        Fingerprint = FingerprintOf(seed, start, interval, profiles);
        Remember(FirstPlace(seed, start, Laws));
        (_fundingFromMs, _fundingToMs) = (start.ToUnixTimeMilliseconds(), start.ToUnixTimeMilliseconds());
    }

    public ulong Seed { get; }

    /// <summary>Open of the first bar.</summary>
    public DateTimeOffset Start { get; }
    public ImmutableArray<Symbol> Symbols { get; }
    public TimeSpan Interval { get; }
    public string Fingerprint { get; }
    internal ImmutableArray<AssetLaw> Laws { get; }
    internal int SectorCount { get; }
    internal Season Season { get; }

    public (DateTimeOffset From, DateTimeOffset To) Span => (Start, DateTimeOffset.MaxValue);

    public Decimals DecimalsOf(Symbol symbol) => new(_bySymbol[symbol].PriceDecimals, _bySymbol[symbol].VolumeDecimals);

    /// <summary>A walk whose next bar is the first that opens at <paramref name="fromOpenTimeMs"/> or later.</summary>
    public MarketWalk WalkFrom(long fromOpenTimeMs)
    {
        var walk = new MarketWalk(this, PlaceAtOrBefore(fromOpenTimeMs));
        while (walk.OpenTimeMs < fromOpenTimeMs)
        {
            walk.SkipTo(Math.Min(fromOpenTimeMs, walk.OpenTimeMs + StepsBetweenPlaces * (long)Interval.TotalMilliseconds));
            Remember(walk.Capture());
        }
        return walk;
    }

    /// <summary>Goes on from a captured place. It must be one of this market's: same <see cref="Fingerprint"/>.</summary>
    /// <exception cref="ArgumentException">The place does not fit this market.</exception>
    public MarketWalk Restore(MarketWalkState place)
    {
        Refuse(place);
        return new(this, place);
    }

    /// <summary>Lets bars from a captured place on be made without those before it.</summary>
    /// <exception cref="ArgumentException">The place does not fit this market.</exception>
    public void Remember(MarketWalkState place)
    {
        Refuse(place);
        lock (_memory)
            _places.TryAdd(place.OpenTimeMs, place);
    }

    public IEnumerable<MarketSlice> Slices(long fromOpenTimeMs, long toOpenTimeMs)
    {
        if (fromOpenTimeMs >= toOpenTimeMs)
            yield break;
        var walk = WalkFrom(fromOpenTimeMs);
        for (var steps = 1; walk.OpenTimeMs < toOpenTimeMs; steps++)
        {
            yield return Take(walk).Slice;
            if (steps % StepsBetweenPlaces == 0)
                Remember(walk.Capture());
        }
    }

    public long BarsBetween(long fromOpenTimeMs, long toOpenTimeMs)
    {
        var (intervalMs, startMs) = ((long)Interval.TotalMilliseconds, Start.ToUnixTimeMilliseconds());
        return Math.Max(0, Grid(toOpenTimeMs) - Grid(fromOpenTimeMs)) * Symbols.Length;

        // Bars that open before a time; the first opens at the start.
        long Grid(long timeMs) => Math.Max(0, (timeMs - startMs + intervalMs - 1) / intervalMs);
    }

    /// <inheritdoc/>
    /// <remarks>Free for times that slices were taken of lately; otherwise the market is walked to <paramref name="toMs"/>.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">More than a hundred years after the start: there is no last payment.</exception>
    public IReadOnlyList<FundingRate> Funding(long fromMs, long toMs)
    {
        if (toMs > Start.AddYears(100).ToUnixTimeMilliseconds())
            throw new ArgumentOutOfRangeException(nameof(toMs), toMs, "Expected a time within a hundred years of the start: a simulated market has no end.");
        if (fromMs >= toMs)
            return [];
        lock (_memory)
        {
            // A payment at T belongs to the bar that closes at T, so the bar before the first one is needed too.
            var from = Math.Max(fromMs - 1, Start.ToUnixTimeMilliseconds());
            if (from < _fundingFromMs || from > _fundingToMs)
            {
                _funding.Clear();
                _fundingFromMs = _fundingToMs = PlaceAtOrBefore(from).OpenTimeMs;
            }
            if (toMs - 1 > _fundingToMs)
            {
                var walk = WalkFrom(_fundingToMs);
                while (walk.OpenTimeMs < toMs)
                    Take(walk);
            }
            return [.. _funding.Where(f => f.At.ToUnixTimeMilliseconds() is var at && at >= fromMs && at < toMs)];
        }
    }

    /// <summary>One step, whose payments are noted where they follow on those that are known.</summary>
    private MarketStep Take(MarketWalk walk)
    {
        var open = walk.OpenTimeMs;
        var step = walk.Next();
        lock (_memory)
        {
            if (open <= _fundingToMs && walk.OpenTimeMs > _fundingToMs)
            {
                _funding.AddRange(step.Funding.Where(f => f.At.ToUnixTimeMilliseconds() > _fundingToMs));
                _fundingToMs = walk.OpenTimeMs;
            }
        }
        return step;
    }

    private MarketWalkState PlaceAtOrBefore(long openTimeMs)
    {
        lock (_memory)
        {
            var (low, high) = (0, _places.Count);
            while (low < high)
            {
                var middle = (low + high) >>> 1;
                if (_places.Keys[middle] <= openTimeMs)
                    low = middle + 1;
                else
                    high = middle;
            }
            return _places.Values[Math.Max(0, low - 1)];
        }
    }

    private static MarketWalkState FirstPlace(ulong seed, DateTimeOffset start, ImmutableArray<AssetLaw> laws)
    {
        var at = start.ToUnixTimeMilliseconds();
        var assets = laws.Select(law => new AssetWalkState(law.LogStartPrice, law.Ticks(PortableMath.Exp(law.LogStartPrice)), 0, 0, 0));
        return new(at, at, at, new Chance(seed).Capture(), Regime.Normal, 0, 0, [.. assets]);
    }

    private void Refuse(MarketWalkState place)
    {
        if (place.Assets.IsDefault || place.Assets.Length != Symbols.Length)
            throw new ArgumentException($"Expected a place with {Symbols.Length} assets; came one with {(place.Assets.IsDefault ? 0 : place.Assets.Length)}.", nameof(place));
        if (place.OpenTimeMs < Start.ToUnixTimeMilliseconds() || place.OpenTimeMs % (long)Interval.TotalMilliseconds != 0)
            throw new ArgumentException($"Expected a place on the grid of {Interval} from {Start:u} on; came {place.OpenTimeMs}.", nameof(place));
        foreach (var asset in place.Assets)
        {
            if (!double.IsFinite(asset.LogPrice) || !double.IsFinite(asset.LogVolatility) || !double.IsFinite(asset.Premium) || asset.CloseTicks <= 0)
                throw new ArgumentException($"Expected finite numbers and a close above zero; came {asset}.", nameof(place));
        }
    }

    private static void Refuse(ImmutableArray<AssetProfile> profiles, DateTimeOffset start, TimeSpan interval)
    {
        if (interval < TimeSpan.FromSeconds(1) || interval > TimeSpan.FromDays(1) || interval.Ticks % TimeSpan.TicksPerSecond != 0)
            throw new ArgumentOutOfRangeException(nameof(interval), interval, "Expected whole seconds, from 1 s to 1 day.");
        if (start < DateTimeOffset.UnixEpoch || start.ToUnixTimeMilliseconds() % (long)interval.TotalMilliseconds != 0 || start.Ticks % TimeSpan.TicksPerMillisecond != 0)
            throw new ArgumentOutOfRangeException(nameof(start), start, $"Expected a whole multiple of {interval} after 1970.");
        if (profiles.IsEmpty)
            throw new ArgumentException("Expected at least one asset; came none.", nameof(profiles));
        for (var i = 0; i < profiles.Length; i++)
        {
            var p = profiles[i];
            if (i > 0 && p.Symbol == profiles[i - 1].Symbol)
                throw new ArgumentException($"Expected each symbol once; {p.Symbol} stands twice.", nameof(profiles));
            var right = p.StartPrice > 0m && p.PriceDecimals is >= 0 and <= AssetLaw.MostDecimals && p.VolumeDecimals is >= 0 and <= AssetLaw.MostDecimals
                && p.DailyVolatility is > 0 and < 1 && p.MarketShare >= 0 && p.SectorShare >= 0 && p.MarketShare + p.SectorShare <= 1
                && p.DailyQuoteVolume is > 0 and < 1e15 && p.TradesPerSecond is > 0 and < 1e6;
            if (!right)
                throw new ArgumentException($"{p.Symbol} has a number outside its range: {p}.", nameof(profiles));
        }
    }

    private static string FingerprintOf(ulong seed, DateTimeOffset start, TimeSpan interval, ImmutableArray<AssetProfile> profiles)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.Add(Version);
        hash.Add((long)seed);
        hash.Add(start.ToUnixTimeMilliseconds());
        hash.Add((long)interval.TotalMilliseconds);
        hash.Add(profiles.Length);
        foreach (var p in profiles)
        {
            hash.Add(p.Symbol.Name);
            hash.Add(p.Sector);
            foreach (var number in (ReadOnlySpan<double>)[(double)p.StartPrice, p.PriceDecimals, p.VolumeDecimals, p.DailyVolatility, p.MarketShare, p.SectorShare, p.DailyQuoteVolume, p.TradesPerSecond])
                hash.Add(BitConverter.DoubleToInt64Bits(number));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
