using System.Collections.Immutable;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Node;
using Dolphin.Actors.Sizing;
using Dolphin.Actors.Tests.Stage;
using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Domain.SizeLearning;
using Dolphin.Domain.Sizing;

namespace Dolphin.Actors.Tests.Sizing;

/// <summary>A learner with the settings of the reference, and positions that made it trusted.</summary>
internal static class Learners
{
    public static SizeLearningPolicy Learning { get; } = SizeLearningPolicy.Create(new SizeLearningSettings { MaxOpen = 2 }, "test", [])!;
    public static LeveragePolicy Leverage { get; } = LeveragePolicy.Create(new LeverageSettings(), "test", [])!;

    public static SizingPlan Plan(LeveragePolicy? leverage = null, SizeLearningPolicy? learning = null) => new(
        new SizingPolicy(leverage, learning, Seed: 7), new Money(20_000m), TimeSpan.FromDays(1), ImmutableSortedDictionary<Symbol, double>.Empty);

    public static EpisodeId Episode(int number, string symbol = "BTCUSDT") => new($"band-limited-hedging:{symbol}:{number}");

    /// <summary>Positions of ETHUSDT, each opened when the last one has earned the most that counts.</summary>
    public static IEnumerable<SizeInput> Successes(int count, DateTimeOffset from)
    {
        for (var i = 1; i <= count; i++)
        {
            var at = from.AddMinutes(2 * i);
            // As offered by one who is already sure: what is used does not matter to what is learned.
            yield return new SizeInput.Open(Episode(i, "ETHUSDT"), SizeChoice.Constant with { Offered = 1.5m }, at);
            yield return new SizeInput.Close(Episode(i, "ETHUSDT"), new Money(20m), new Money(1_000m), at.AddMinutes(1));
        }
    }
}
