using Dolphin.Venues.Paper;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Venues.Tests.Paper;

/// <summary>A generator that never reaches the interesting states proves nothing: this one does.</summary>
public sealed class FlowStories
{
    [Fact(DisplayName = "Random flows contain makers, takers, partial fills, expiries, cancels, funding, liquidations, duplicates and the account's refusals")]
    public void Reaches_the_interesting()
    {
        var seen = new SortedSet<string>(StringComparer.Ordinal);
        Prop.ForAll(Flow.Any, flow =>
        {
            foreach (var fact in flow.Play().Facts) seen.Add(Name(fact));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(150).WithReplay(42, 43));
        string[] interesting =
        [
            "accepted", "maker", "taker", "partial", "cancelled", "expired", "funding", "liquidated", "duplicate",
            $"refused {VenueCode.ReduceOnlyRejected}", $"refused {VenueCode.MarginNotSufficient}", $"refused {VenueCode.PostOnlyWouldTake}",
            $"refused {VenueCode.MinNotional}",
        ];
        Assert.Empty(interesting.Except(seen));
    }

    private static string Name(PaperFact fact) => fact switch
    {
        PaperFact.OrderAccepted => "accepted",
        PaperFact.OrderRejected f => $"refused {f.Code}",
        PaperFact.OrderFilled { Fill: { IsMaker: false } fill } when fill.Cumulative != fill.Quantity => "partial",
        PaperFact.OrderFilled f => f.Fill.IsMaker ? "maker" : "taker",
        PaperFact.OrderClosed f => f.State.ToString().ToLowerInvariant(),
        PaperFact.FundingSettled => "funding",
        PaperFact.LegLiquidated => "liquidated",
        _ => "duplicate",
    };
}
