using System.Globalization;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.Forewarning;

/// <summary>What a forewarner is told. Every one may come twice.</summary>
public abstract record ForewarnerInput
{
    private ForewarnerInput() { }
    /// <summary>Time has passed, and the market has been compared with the champion's.</summary>
    public sealed record Look(FitnessReading? Fitness, DateTimeOffset At) : ForewarnerInput;
    /// <summary>A fit has ended.</summary>
    /// <param name="ChampionOnSame">How the champion judges the challenger's held-out trials, which are of the newer market; null where none serves.</param>
    /// <param name="Live">What the challenger says of the live parameters.</param>
    public sealed record Fitted(ModelCard Challenger, EnvelopeProof? ChampionOnSame, LiveStanding Live, DateTimeOffset At) : ForewarnerInput;
    /// <summary>A fit has ended without a model.</summary>
    public sealed record Failed(long Number, Refusal Why, DateTimeOffset At) : ForewarnerInput;
}

/// <summary>What a model says of all live parameters together.</summary>
/// <param name="Worst">The symbol whose parameters are nearest to the boundary, or farthest outside.</param>
/// <param name="Distance">Its distance; above zero inside.</param>
/// <param name="Outside">So many are RED, of <paramref name="Symbols"/>.</param>
public sealed record LiveStanding(Symbol Worst, double Distance, int Outside, int Symbols);

/// <summary>What has happened to a forewarner. Stored for ever: add cases and optional fields; never rename, retype or reuse one.</summary>
public abstract record ForewarnerEvent
{
    private ForewarnerEvent() { }

    public abstract DateTimeOffset At { get; init; }

    /// <summary>What it is about and why, in a sentence.</summary>
    public abstract string ToText();

    /// <param name="Number">From 1; the seed of its chances is drawn from the run's and this.</param>
    /// <param name="NotBefore">Of the next one.</param>
    public sealed record FitWanted(long Number, FitReason Reason, DateTimeOffset NotBefore, DateTimeOffset At) : ForewarnerEvent
    {
        public override string ToText() => string.Create(CultureInfo.InvariantCulture,
            $"fit {Number} begins: {Reason switch { FitReason.NoModel => "there is no model", FitReason.Schedule => "it is time", _ => "the market has moved" }}");
    }

    /// <summary>Said once for each champion.</summary>
    public sealed record MarketMoved(double Distance, double VolatilityRatio, DateTimeOffset At) : ForewarnerEvent
    {
        public override string ToText() => string.Create(CultureInfo.InvariantCulture, $"the market is not the model's any more: distance {Distance:0.000}, {VolatilityRatio:0.00} times its volatility");
    }

    /// <summary>The challenger is proven and serves from now on.</summary>
    /// <param name="Former">How the champion before it judged the same trials; null where there was none.</param>
    public sealed record ChampionChanged(ModelCard Champion, EnvelopeProof? Former, DateTimeOffset NotBefore, DateTimeOffset At) : ForewarnerEvent
    {
        public override string ToText() => string.Create(CultureInfo.InvariantCulture, $"model {Champion.Number} serves: recall {Champion.Proof.Recall:0 %}, false alarms {Champion.Proof.FalseAlarm:0 %}");
    }

    /// <summary>The challenger is not proven; the champion goes on.</summary>
    public sealed record ChallengerRejected(ModelCard Challenger, string Code, string Reason, DateTimeOffset NotBefore, DateTimeOffset At) : ForewarnerEvent
    {
        public override string ToText() => string.Create(CultureInfo.InvariantCulture, $"model {Challenger.Number} is rejected: {Reason}");
    }

    public sealed record FitFailed(long Number, string Code, string Reason, DateTimeOffset NotBefore, DateTimeOffset At) : ForewarnerEvent
    {
        public override string ToText() => Reason;
    }

    /// <summary>The champion calls live parameters outside, and others than before.</summary>
    public sealed record LeverageHalved(LiveStanding Standing, DateTimeOffset At) : ForewarnerEvent
    {
        public override string ToText() => string.Create(CultureInfo.InvariantCulture,
            $"leverage halves on {Standing.Outside} of {Standing.Symbols} symbols, whose parameters are outside: {Standing.Worst} is RED, distance {Standing.Distance:0.000}");
    }

    /// <summary>The champion calls no live parameters outside any more.</summary>
    public sealed record LeverageRestored(LiveStanding Standing, DateTimeOffset At) : ForewarnerEvent
    {
        public override string ToText() => string.Create(CultureInfo.InvariantCulture,
            $"leverage is whole again: no parameters are outside; {Standing.Worst} is nearest to the boundary, distance {Standing.Distance:0.000}");
    }
}
