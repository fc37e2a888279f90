using System.Collections.Immutable;

namespace Dolphin.Domain.Forewarning;

/// <summary>Why a model is fitted.</summary>
public enum FitReason { None, NoModel, Schedule, MarketMoved }

/// <summary>What is to be known of a fitted model; the model itself is kept by whoever fitted it, and can be fitted again.</summary>
/// <param name="Number">Of the fit, from 1.</param>
/// <param name="Seed">Of all its chances.</param>
public sealed record ModelCard(long Number, ulong Seed, int Trials, int Catastrophes, double Nu, double Gamma, EnvelopeProof Proof);

/// <summary>A fit under way.</summary>
public sealed record FitUnderWay(long Number, FitReason Reason, DateTimeOffset Since);

/// <summary>What was decided, and why, for people.</summary>
public sealed record ForewarnerAction(DateTimeOffset At, string Text);

/// <summary>Which model serves, and what becomes of the next.</summary>
/// <param name="Champion">The model that serves; null before the first that was proven.</param>
/// <param name="ServesSince">Null while none does.</param>
/// <param name="Fits">Fits that were asked for so far.</param>
/// <param name="NotBefore">No fit is asked for sooner; null before the first.</param>
/// <param name="MovedAt">When the market had moved from the champion's; null while it has not.</param>
/// <param name="ProvenAt">When the champion was proven last: as it came to serve, or by being better than a challenger on trials of the newer market. Null while none serves.</param>
/// <param name="Outside">So many symbols have half of their leverage, because the champion calls their parameters RED.</param>
/// <param name="Actions">The newest <see cref="MostActions"/>, oldest first.</param>
public sealed record ForewarnerState(
    ModelCard? Champion, DateTimeOffset? ServesSince, FitUnderWay? Fitting, long Fits, DateTimeOffset? NotBefore, DateTimeOffset? MovedAt, DateTimeOffset? ProvenAt, int Outside,
    ImmutableArray<ForewarnerAction> Actions)
{
    public const int MostActions = 10;

    public static ForewarnerState Initial { get; } = new(Champion: null, ServesSince: null, Fitting: null, Fits: 0, NotBefore: null, MovedAt: null, ProvenAt: null, Outside: 0, []);
}
