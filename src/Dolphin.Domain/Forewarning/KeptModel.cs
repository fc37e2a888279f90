using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.Forewarning;

/// <summary>One parameter on the way back to safety, in its own unit.</summary>
public sealed record KeptMove(string Key, decimal From, decimal To);

/// <summary>Where the live parameters of a symbol are, as a model sees them.</summary>
/// <param name="Leverage">Times; of the parameters that were judged.</param>
/// <param name="DecisionValue">Of the one-class SVM: above zero inside.</param>
/// <param name="Distance">To the boundary, in units of the box; below zero outside.</param>
/// <param name="Beyond">The key of the axis that is furthest outside what trials tried; null where none is.</param>
/// <param name="WayBack">The largest move first; empty where they are GREEN.</param>
/// <param name="Arrival">The distance where the way back ends; null where there is none to go.</param>
public sealed record KeptStanding(Symbol Symbol, decimal Leverage, double DecisionValue, double Distance, EnvelopeBand Band, string? Beyond, ImmutableArray<KeptMove> WayBack, double? Arrival)
{
    /// <summary>As L3 reads it: from 1 on GREEN, at 0 the boundary.</summary>
    public double InMargins => Distance / SafetyEnvelope.Margin;

    /// <summary>Times; leverage halves outside the envelope. Null: no cap.</summary>
    public decimal? LeverageCap => Band == EnvelopeBand.Red ? SafetyEnvelope.LeverageOutside(Leverage) : null;

    /// <summary>Judges parameters. A way back is looked for where they are not GREEN, which takes a second.</summary>
    public static KeptStanding Of(Symbol symbol, StrategySettings settings, SafetyEnvelope envelope)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(envelope);
        var score = envelope.Score(settings);
        var back = envelope.WayBackOf(settings);
        return new KeptStanding(
            symbol, settings.Hedging.Leverage, score.DecisionValue, score.Distance, score.Band, score.Beyond?.Key,
            back is null ? [] : [.. back.Moves.Select(m => new KeptMove(m.Axis.Key, m.From, m.To))], back?.Arrival.Distance);
    }
}

/// <summary>A model as it is stored: all that is needed to go on with it after a restart, to the last bit. Arrays are bytes of doubles, or of floats where it is said.</summary>
/// <param name="Number">Of the fit.</param>
/// <param name="DrawnFrom">Floats: the returns that its trials were drawn from, in any order; the fitness monitor compares with them.</param>
/// <param name="Interval">Of those.</param>
/// <param name="Standings">One a symbol, in ordinal order.</param>
public sealed record KeptModel(
    long Number, TradedStrategies Trades, ImmutableArray<double> Relevance, byte[] Points, byte[] Coefficients, double Gamma, double Rho, TimeSpan Interval, byte[] DrawnFrom,
    ImmutableArray<KeptStanding> Standings)
{
    /// <summary>The live parameters that are nearest to the boundary, or farthest outside.</summary>
    public KeptStanding Worst => Standings.MinBy(s => s.Distance) ?? throw new InvalidOperationException("A model judges at least one symbol.");

    /// <summary>What it says of all live parameters together.</summary>
    public LiveStanding Live => new(Worst.Symbol, Worst.Distance, Standings.Count(s => s.Band == EnvelopeBand.Red), Standings.Length);

    public SafetyEnvelope ToEnvelope()
    {
        var box = ParameterBox.Of(Trades);
        return new SafetyEnvelope(box, Relevance, new OneClassSvm(
            MemoryMarshal.Cast<byte, double>(Points).ToArray(), MemoryMarshal.Cast<byte, double>(Coefficients).ToArray(), box.Dimensions, Gamma, Rho));
    }

    public ReturnSample ToSample() => new(Interval, [[.. MemoryMarshal.Cast<byte, float>(DrawnFrom).ToArray().Select(r => (double)r)]]);

    /// <summary>Itself with what is large replaced by its hash: it says whether two are the same, and judges no more.</summary>
    public KeptModel Hashed() => this with { Points = SHA256.HashData(Points), Coefficients = SHA256.HashData(Coefficients), DrawnFrom = SHA256.HashData(DrawnFrom) };

    internal static KeptModel Of(long number, TradedStrategies trades, SafetyEnvelope envelope, ReturnSample sample, ImmutableArray<KeptStanding> standings) => new(
        number, trades, envelope.Relevance, MemoryMarshal.AsBytes(envelope.Svm.Points).ToArray(), MemoryMarshal.AsBytes(envelope.Svm.Coefficients.AsSpan()).ToArray(), envelope.Svm.Gamma,
        envelope.Svm.Rho, sample.Interval, MemoryMarshal.AsBytes<float>(sample.Series.SelectMany(s => s).Select(r => (float)r).ToArray()).ToArray(), standings);
}
