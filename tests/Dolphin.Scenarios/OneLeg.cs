using Dolphin.Actors.Hermes;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Scenarios.Stage;

namespace Dolphin.Scenarios;

/// <summary>Hermes over hedges that stand on one leg most of the time, with thresholds at which every such leg is severe.</summary>
public sealed class OneLeg
{
    private static readonly HermesSettings Nervous = Governed.Quick with { DominanceWeight = new FeatureTrigger(0.02, 0.01), SevereLegs = new FeatureTrigger(0.03, 0.01) };

    [Fact(DisplayName = "A severe book of one leg is wished to nobody who could not work on it: no hand-over is begun that the heir declines, and who looks is told why")]
    public void Nothing_in_vain()
    {
        var market = Plans.Market(seed: 4);
        using var node = new StagedNode(market, Governed.Node(market, Plans.Quick, Nervous), Plans.Venue(4), 600);
        var (severe, told) = (0, 0);
        node.Play(_ =>
        {
            foreach (var slot in node.Board.Assets)
            {
                if (slot.Hermes is not { } sight || sight.Read() is not { Look: { } look, Watch.Book.Severe: true }) continue;
                severe++;
                if (look.Book.Legs is { Long.Base: > 0m, Short.Base: > 0m }) continue;
                var seen = sight.Explain();
                if (seen is not { Unfit: LegHolder.ExposureProtector }) continue;
                told++;
                Assert.NotEqual(LegHolder.ExposureProtector, seen.Wanted);
                Assert.Contains("exposure-protector cannot work on these legs", seen.Why, StringComparison.Ordinal);
            }
        });
        foreach (var symbol in market.Symbols)
        {
            var events = node.Journal.EventsOf(AssetHermesActor.IdOf(symbol)).OfType<HermesEvent>().ToList();
            Assert.Contains(events, e => e is HermesEvent.Adopted { Holder: LegHolder.BandLimitedHedging });
            Assert.DoesNotContain(events, e => e is HermesEvent.HandOverFailed { Cause: HandOverFailure.Declined });
        }

        Assert.True(severe > 100 && told > 20, $"The story needs books that one leg dominates; {severe} looks saw one, and {told} told so of a single leg.");
        Assert.Empty(node.End().Violations);
    }
}
