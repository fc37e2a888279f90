using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Dolphin.Domain;
using Dolphin.Domain.Market;

namespace Dolphin.Data.Simulation;

/// <summary>What one step of a simulated market brings.</summary>
/// <param name="Slice">One bar of every asset.</param>
/// <param name="Funding">Payments due after the slice's open and up to its close, by time and then symbol; mostly none.</param>
public sealed record MarketStep(MarketSlice Slice, ImmutableArray<FundingRate> Funding);

/// <summary>Where a walk stands between two bars: enough to go on with the same bars. Plain data, to be stored as JSON.</summary>
/// <param name="OpenTimeMs">Unix milliseconds of the next bar's open.</param>
/// <param name="MinuteMs">When the slow variables moved last.</param>
/// <param name="PremiumSinceMs">When the premiums' averages began: at the last funding payment.</param>
/// <param name="Trend">Drift of the market per day, in units of an asset's daily volatility.</param>
/// <param name="LogVolatility">Of the market, around 0.</param>
/// <param name="Assets">In ordinal order of symbols.</param>
public sealed record MarketWalkState(
    long OpenTimeMs, long MinuteMs, long PremiumSinceMs, ChanceState Chance, Regime Regime, double Trend, double LogVolatility,
    ImmutableArray<AssetWalkState> Assets);

/// <param name="LogPrice">Natural logarithm of quote per base, not rounded to ticks.</param>
/// <param name="CloseTicks">The last close in ticks: where the next bar opens.</param>
/// <param name="LogVolatility">The asset's own, around 0.</param>
/// <param name="Premium">Of the perpetual over its index, as a fraction.</param>
/// <param name="PremiumSum">The premium times milliseconds, from the last funding payment to the last move of the slow variables.</param>
public readonly record struct AssetWalkState(
    double LogPrice, long CloseTicks, double LogVolatility, double Premium, double PremiumSum);

/// <summary>A simulated market that takes one step after the other. Same market, same steps. Not safe to use from two threads.</summary>
/// <remarks>
/// Log returns of a step are normal given the volatility of the moment (market, sector and own part), plus jumps. Volatility is
/// the product of a regime, the hour of the week and two mean-reverting log volatilities (the market's and the asset's): that
/// is where fat tails and clusters come from. Every law is written per unit of time, so a day has the same variance whatever
/// the interval. High and low are drawn from the exact law of a Brownian bridge's maximum and minimum.
/// </remarks>
public sealed class MarketWalk
{
    private const double MsPerDay = 24 * 60 * 60 * 1000d;
    private const double MsPerHour = 60 * 60 * 1000d;
    private const long MsPerMinute = 60_000;
    private const long FundingMs = 8 * 60 * 60 * 1000L;

    private const double MarketVolatilityHours = 4, MarketVolatilitySpread = 0.35;
    private const double AssetVolatilityHours = 1, AssetVolatilitySpread = 0.35;
    private const double PullPerDay = 0.012; // Half of a deviation is gone after two months.
    private const double WeakestTrend = 0.6, StrongestTrend = 2.0; // Daily volatilities per day.

    private const double MarketJumpsPerDay = 0.5, MarketJumpSize = 0.12; // Mean size in daily volatilities.
    private const double AssetJumpsPerDay = 1.0, AssetJumpSize = 0.08;
    private const double DownwardShare = 0.6;
    private const double LargeShare = 0.03, LargeTimes = 5;

    private const double PremiumHours = 6, PremiumSpread = 0.0004, PremiumOfTrend = 0.0004;
    private const double InterestPer8Hours = 0.0001, FundingDeadband = 0.0005, FundingCap = 0.0075;
    private const double VolumeSpread = 0.6;
    private const double SurelyTraded = 40; // Trades expected: none at all has a probability below the generator's step.

    private readonly SimulatedMarket _market;
    private readonly long _intervalMs;
    private readonly double _days;
    private readonly double _rootDays;
    private readonly AssetWalkState[] _assets;
    private readonly double[] _moods;
    private readonly double[] _sectorShocks;
    private readonly double[] _leaving = new double[RegimeProfile.Count];
    private readonly double[] _marketJumping = new double[RegimeProfile.Count];
    private readonly double[] _assetJumping = new double[RegimeProfile.Count];
    private Chance _chance;
    private long _openTimeMs;
    private long _minuteMs;
    private long _premiumSinceMs;
    private Regime _regime;
    private double _trend;
    private double _logVolatility;

    internal MarketWalk(SimulatedMarket market, MarketWalkState state)
    {
        _market = market;
        _intervalMs = (long)market.Interval.TotalMilliseconds;
        _days = _intervalMs / MsPerDay;
        _rootDays = Math.Sqrt(_days);
        _sectorShocks = new double[market.SectorCount];
        for (var i = 0; i < RegimeProfile.Count; i++)
        {
            var regime = RegimeProfile.Of((Regime)i);
            _leaving[i] = AtLeastOnce(_intervalMs / MsPerHour / regime.MeanHours);
            _marketJumping[i] = AtLeastOnce(_days * MarketJumpsPerDay * regime.JumpRate);
            _assetJumping[i] = AtLeastOnce(_days * AssetJumpsPerDay * regime.JumpRate);
        }
        _chance = new Chance(state.Chance);
        (_openTimeMs, _minuteMs, _premiumSinceMs, _regime, _trend, _logVolatility) =
            (state.OpenTimeMs, state.MinuteMs, state.PremiumSinceMs, state.Regime, state.Trend, state.LogVolatility);
        _assets = [.. state.Assets];
        _moods = new double[_assets.Length];
        SetMoods();
    }

    /// <summary>Unix milliseconds of the next bar's open.</summary>
    public long OpenTimeMs => _openTimeMs;
    public Regime Regime => _regime;

    public MarketWalkState Capture() =>
        new(_openTimeMs, _minuteMs, _premiumSinceMs, _chance.Capture(), _regime, _trend, _logVolatility, [.. _assets]);

    /// <summary>Makes the next bar of every asset.</summary>
    public MarketStep Next()
    {
        var bars = new SymbolBar[_assets.Length];
        var open = _openTimeMs;
        Step(bars);
        return new(new MarketSlice(open, _market.Interval, bars), FundingDue(open));
    }

    /// <summary>Goes on until the next bar opens at <paramref name="openTimeMs"/> or later, without making the bars in between.</summary>
    public void SkipTo(long openTimeMs)
    {
        while (_openTimeMs < openTimeMs)
        {
            var open = _openTimeMs;
            Step(default);
            FundingDue(open);
        }
    }

    /// <param name="bars">Where to put the bars, or empty. What is drawn does not depend on it.</param>
    private void Step(Span<SymbolBar> bars)
    {
        if (_openTimeMs - _minuteMs >= MsPerMinute)
            MoveSlowly(_openTimeMs - _minuteMs);
        ChangeRegime();
        var regime = RegimeProfile.Of(_regime);
        var ofMarket = _chance.NextNormal();
        for (var i = 0; i < _sectorShocks.Length; i++)
            _sectorShocks[i] = _chance.NextNormal();
        var marketJump = Jump(_marketJumping[(int)_regime], MarketJumpSize);
        var volatility = _market.Season.Volatility(_openTimeMs);
        var volume = _market.Season.Volume(_openTimeMs) * _days;
        for (var i = 0; i < _assets.Length; i++)
            StepAsset(i, regime, ofMarket, marketJump, volatility, volume, bars);
        _openTimeMs += _intervalMs;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void StepAsset(
        int index, RegimeProfile regime, double ofMarket, double marketJump, double volatility, double volume, Span<SymbolBar> bars)
    {
        ref var asset = ref _assets[index];
        var law = _market.Laws[index];
        var (own, loudness) = _chance.NextNormals();
        var (high, low) = (_chance.NextPositiveUnit(), _chance.NextPositiveUnit());
        var traded = _chance.NextUnit();
        var ownJump = Jump(_assetJumping[(int)_regime], AssetJumpSize);

        var mood = _moods[index] * regime.Volatility;
        var spread = law.DailyVolatility * volatility * mood * _rootDays; // Deviation of this bar's return.
        var shock = law.MarketLoad * ofMarket + law.SectorLoad * _sectorShocks[law.Sector] + law.OwnLoad * own;
        var drift = (law.DailyVolatility * law.MarketLoad * _trend - PullPerDay * (asset.LogPrice - law.LogStartPrice)) * _days - spread * spread / 2;
        var jump = law.DailyVolatility * (law.MarketLoad * marketJump + ownJump);
        var move = spread * shock + drift + jump;
        var from = asset.LogPrice;
        var to = from + move;

        var open = asset.CloseTicks;
        var trades = law.TradesPerDay * volume;
        var silent = trades < SurelyTraded && traded < PortableMath.Exp(-trades);
        var price = PortableMath.Exp(to);
        var close = silent ? open : law.Ticks(price);
        asset = asset with { LogPrice = to, CloseTicks = close };
        if (bars.IsEmpty)
            return;
        if (silent)
        {
            bars[index] = law.Flat(_openTimeMs, open);
            return;
        }
        var variance = spread * spread;
        var top = from + (move + Math.Sqrt(move * move - 2 * variance * PortableMath.Log(high))) / 2;
        var bottom = from + (move - Math.Sqrt(move * move - 2 * variance * PortableMath.Log(low))) / 2;
        var most = Math.Max(law.Ticks(price * ExpNearZero(top - to)), Math.Max(open, close));
        var least = Math.Min(law.Ticks(price * ExpNearZero(bottom - to)), Math.Min(open, close));

        // A bar that moves much also trades much. The noise has mean 1; E|shock| is 0.8.
        var noise = PortableMath.Exp(VolumeSpread * loudness - VolumeSpread * VolumeSpread / 2);
        var intensity = (0.4 + 0.75 * Math.Abs(shock)) * (0.5 + 0.5 * mood) * noise;
        bars[index] = law.Bar(_openTimeMs, open, most, least, close, volume * intensity);
    }

    /// <summary>The exponential, cheaply where it can be: a bar's range is mostly far below 1 %, and four terms are exact to 1e-10 there.</summary>
    private static double ExpNearZero(double x) =>
        Math.Abs(x) < 0.015 ? 1 + x * (1 + x * (1.0 / 2 + x * (1.0 / 6 + x * (1.0 / 24)))) : PortableMath.Exp(x);

    /// <summary>Moves what changes within hours, not seconds: once a minute, or once a bar where that is longer.</summary>
    private void MoveSlowly(long passedMs)
    {
        var hours = passedMs / MsPerHour;
        var (ofMarket, _) = _chance.NextNormals();
        _logVolatility = Revert(_logVolatility, 0, hours / MarketVolatilityHours, MarketVolatilitySpread, ofMarket);
        for (var i = 0; i < _assets.Length; i++)
        {
            ref var asset = ref _assets[i];
            var (own, premium) = _chance.NextNormals();
            asset = asset with
            {
                LogVolatility = Revert(asset.LogVolatility, 0, hours / AssetVolatilityHours, AssetVolatilitySpread, own),
                PremiumSum = asset.PremiumSum + asset.Premium * passedMs,
                Premium = Revert(asset.Premium, PremiumOfTrend * _trend, hours / PremiumHours, PremiumSpread, premium),
            };
        }
        _minuteMs = _openTimeMs;
        SetMoods();
    }

    /// <summary>What the two log volatilities make of an asset's volatility. The mean of its square is 1.</summary>
    private void SetMoods()
    {
        const double correction = MarketVolatilitySpread * MarketVolatilitySpread + AssetVolatilitySpread * AssetVolatilitySpread;
        for (var i = 0; i < _assets.Length; i++)
            _moods[i] = PortableMath.Exp(_logVolatility + _assets[i].LogVolatility - correction);
    }

    /// <summary>One exact step of an Ornstein-Uhlenbeck process with the given stationary deviation.</summary>
    private static double Revert(double value, double mean, double relaxations, double spread, double normal)
    {
        var keep = PortableMath.Exp(-relaxations);
        return mean + (value - mean) * keep + spread * Math.Sqrt(1 - keep * keep) * normal;
    }

    private void ChangeRegime()
    {
        if (!_chance.NextBool(_leaving[(int)_regime]))
            return;
        _regime = RegimeProfile.Of(_regime).Follower(_chance.NextUnit());
        var strength = WeakestTrend + (StrongestTrend - WeakestTrend) * _chance.NextUnit();
        var up = _chance.NextBool(0.5);
        _trend = _regime == Regime.Trending ? (up ? strength : -strength) : 0;
    }

    /// <summary>A jump in daily volatilities, or mostly 0. At most one per bar.</summary>
    private double Jump(double probability, double meanSize)
    {
        if (!_chance.NextBool(probability))
            return 0;
        var size = -meanSize * PortableMath.Log(_chance.NextPositiveUnit()) * (_chance.NextBool(LargeShare) ? LargeTimes : 1);
        return _chance.NextBool(DownwardShare) ? -size : size;
    }

    /// <summary>Probability of one or more where <paramref name="expected"/> come on average, independently of each other.</summary>
    private static double AtLeastOnce(double expected) => 1 - PortableMath.Exp(-expected);

    /// <summary>The payments of the bar that was just made: at each eighth hour after its open and up to its close.</summary>
    private ImmutableArray<FundingRate> FundingDue(long openTimeMs)
    {
        var due = ImmutableArray<FundingRate>.Empty;
        for (var at = (openTimeMs / FundingMs + 1) * FundingMs; at <= _openTimeMs; at += FundingMs)
            due = due.AddRange(Pay(at));
        return due;
    }

    private FundingRate[] Pay(long atMs)
    {
        var rates = new FundingRate[_assets.Length];
        for (var i = 0; i < rates.Length; i++)
        {
            ref var asset = ref _assets[i];
            // The premium has stood since the last move, which may lie before the last payment: then the sum is negative.
            var standing = asset.Premium * (atMs - _minuteMs);
            var premium = (asset.PremiumSum + standing) / (atMs - _premiumSinceMs);
            // The published formula of USD-M perpetuals: premium plus the interest that is left within the deadband.
            var rate = Math.Clamp(premium + Math.Clamp(InterestPer8Hours - premium, -FundingDeadband, FundingDeadband), -FundingCap, FundingCap);
            rates[i] = new(_market.Symbols[i], DateTimeOffset.FromUnixTimeMilliseconds(atMs), AssetLaw.Number((long)Math.Floor(rate * 1e8 + 0.5), 8));
            asset = asset with { PremiumSum = -standing };
        }
        _premiumSinceMs = atMs;
        return rates;
    }
}
