using System.Collections.Immutable;
using System.Globalization;

namespace Dolphin.Domain.Divergence;

/// <summary>One venue as the comparison saw it.</summary>
/// <param name="Price">Its newest price, or null if none has come.</param>
/// <param name="Age">Of that price.</param>
/// <param name="Fresh">It was compared.</param>
public readonly record struct SourceView(PriceSource Source, Price? Price, TimeSpan Age, bool Fresh);

/// <summary>One venue's returns come before another's.</summary>
/// <param name="Lag">At which their correlation is highest; zero if the lead is shorter than a step.</param>
/// <param name="Correlation">At the best lag in which the leader is earlier, -1 to 1.</param>
/// <param name="Confidence">0 to 1: one minus the chance that two venues of which none leads look like this at any of the lags.</param>
public readonly record struct Lead(PriceSource Leader, PriceSource Follower, TimeSpan Lag, double Correlation, double Confidence);

/// <summary>How far the venues of one asset are apart, and which of them moves first.</summary>
/// <param name="Value">(max - min) / median of the fresh prices, 0 to 1; <see cref="DivergencePolicy.Default"/> where it is not available.</param>
/// <param name="Available">False with fewer than two fresh prices.</param>
/// <param name="Leader">The venue that leads most others and is led by none, or null: no lead is significant.</param>
/// <param name="Leads">Every significant lead, by leader and follower.</param>
public sealed record DivergenceReading(
    DateTimeOffset At, double Value, bool Available, ImmutableArray<SourceView> Sources, PriceSource? Leader, ImmutableArray<Lead> Leads)
{
    /// <summary>Who leads, how surely: the least of the leader's leads. 0 where nobody does.</summary>
    public double Confidence
    {
        get
        {
            var least = 1.0;
            foreach (var lead in Leads)
                if (lead.Leader == Leader) least = Math.Min(least, lead.Confidence);
            return Leader is null ? 0 : least;
        }
    }

    /// <summary>A sentence or three: the number, what it did without, who leads.</summary>
    public string Reason()
    {
        var stale = Sources.Where(s => !s.Fresh).Select(s => s.Price is null ? $"{s.Source} (no price yet)" : string.Create(CultureInfo.InvariantCulture, $"{s.Source} ({s.Age.TotalSeconds:0.0} s old)")).ToList();
        var fresh = Sources.Length - stale.Count;
        var number = Available
            ? string.Create(CultureInfo.InvariantCulture, $"Divergence {Value:0.0000%} over {fresh} venues.")
            : string.Create(CultureInfo.InvariantCulture, $"Divergence is not available: {fresh} of {Sources.Length} venues have a fresh price, expected two; {DivergencePolicy.Default:0.0} is used.");
        var without = stale.Count > 0 ? $" Left out: {string.Join(", ", stale)}." : "";
        var leader = Leader is { } first
            ? string.Create(CultureInfo.InvariantCulture, $" {first} leads {string.Join(", ", Leads.Where(l => l.Leader == first).Select(l => string.Create(CultureInfo.InvariantCulture, $"{l.Follower} by {(l.Lag > TimeSpan.Zero ? $"{l.Lag.TotalSeconds:0.###} s" : "less than a step")}")))}, confidence {Confidence:0.0000}.")
            : " No venue leads.";
        return number + without + leader;
    }
}
