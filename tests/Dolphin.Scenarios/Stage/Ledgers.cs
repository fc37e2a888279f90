using Dolphin.Actors.Execution;
using Dolphin.Domain;
using Dolphin.Domain.Books;
using Dolphin.Domain.Market;
using Dolphin.Venues;
using Dolphin.Venues.Paper;

namespace Dolphin.Scenarios.Stage;

/// <summary>Adds up money again from what the venue has on record, by cash alone: no average price, no realised profit, no book.</summary>
internal static class Ledgers
{
    /// <summary>What one symbol's fills and funding did to the account, with the net position of both legs along the path of prices.</summary>
    /// <param name="Cash">Quote: sales minus purchases, before fees.</param>
    /// <param name="Path">Quote: the sum of (net position before) x (price change), from fill to fill.</param>
    public sealed record Flow(decimal Cash, decimal Net, decimal Path, decimal LastPrice, decimal Fees, decimal Funding, decimal Long, decimal Short)
    {
        public static Flow Nothing { get; } = new(0, 0, 0, 0, 0, 0, 0, 0);

        public decimal EquityChangeAt(decimal mark) => Cash + Net * mark - Fees + Funding;
        public decimal PathAt(decimal mark) => Path + Net * (mark - LastPrice);

        public Flow Through(Fill fill)
        {
            var (price, signed) = (fill.Price.QuotePerBase, fill.Side == OrderSide.Buy ? fill.Quantity.Base : -fill.Quantity.Base);
            return this with
            {
                Cash = Cash - signed * price, Net = Net + signed, Path = Path + Net * (price - LastPrice), LastPrice = price, Fees = Fees + fill.Fee.Quote,
                Long = fill.Leg == PositionSide.Long ? Long + signed : Long, Short = fill.Leg == PositionSide.Short ? Short - signed : Short,
            };
        }
    }

    public static IReadOnlyDictionary<Symbol, Flow> Of(IEnumerable<PaperFact> facts)
    {
        var flows = new SortedDictionary<Symbol, Flow>();
        foreach (var fact in facts)
        {
            switch (fact)
            {
                case PaperFact.OrderFilled { Fill: var fill }:
                    flows[fill.Symbol] = flows.GetValueOrDefault(fill.Symbol, Flow.Nothing).Through(fill);
                    break;
                case PaperFact.LegSettled { Fill: var fill }:
                    flows[fill.Symbol] = flows.GetValueOrDefault(fill.Symbol, Flow.Nothing).Through(fill);
                    break;
                case PaperFact.LegLiquidated { Fill: var fill }:
                    flows[fill.Symbol] = flows.GetValueOrDefault(fill.Symbol, Flow.Nothing).Through(fill);
                    break;
                case PaperFact.FundingSettled { Lines: var lines }:
                    foreach (var line in lines)
                    {
                        var flow = flows[line.Symbol];
                        flows[line.Symbol] = flow with { Funding = flow.Funding + line.Amount.Quote };
                    }

                    break;
            }
        }

        return flows;
    }

    /// <summary>That a whole run traded, broke nothing, sent no id twice and left nothing open, and that all who count say the same.</summary>
    /// <param name="leastFills">With fewer or as many the run shows nothing.</param>
    /// <returns>What the venue stored.</returns>
    public static List<PaperFact> AssertSound(StagedNode node, RunEnd end, int leastFills, string where)
    {
        Assert.True(end.Report.Fills > leastFills, $"{where}: only {end.Report.Fills} fills.");
        Assert.True(end.Violations.Count == 0, $"{where}: {string.Join("; ", end.Violations)}");
        Assert.True(end.Report.Halted.IsEmpty, $"{where}: {string.Join("; ", end.Report.Halted)}");
        var submitted = node.Door.Of<VenueCommand.Submit>().Select(s => s.Command.Order.Id).ToList();
        Assert.True(submitted.Count == submitted.Distinct().Count(), $"{where}: an id was sent twice.");
        List<PaperFact> facts = [.. node.VenueFacts];
        Assert.True(!facts.OfType<PaperFact.DuplicateRefused>().Any(), $"{where}: the venue saw an id twice.");
        AssertAgree(end, facts, where);
        AssertSettled(end, where);
        return facts;
    }

    /// <summary>Books, the venue's legs and the sum of its fills are the same to the last digit, at this mark and at another.</summary>
    public static void AssertAgree(RunEnd end, IReadOnlyList<PaperFact> facts, string where)
    {
        var flows = Of(facts);
        var venue = end.States.Select(s => s.State).OfType<PaperState>().Single().Books;
        var wallet = Plans.Deposit.Quote;
        foreach (var book in end.States.Select(s => s.State).OfType<HedgedBook>())
        {
            var flow = flows.GetValueOrDefault(book.Symbol, Flow.Nothing);
            foreach (var leg in (ReadOnlySpan<PositionSide>)[PositionSide.Long, PositionSide.Short])
            {
                var ours = book[leg];
                var theirs = venue.Legs.FirstOrDefault(l => l.Symbol == book.Symbol && l.Leg == leg);
                Same(leg == PositionSide.Long ? flow.Long : flow.Short, ours.Quantity.Base, $"{book.Symbol} {leg}: fills and book, base");
                Same(theirs?.Quantity.Base ?? 0m, ours.Quantity.Base, $"{book.Symbol} {leg}: venue and book, base");
                Same(theirs?.EntryCost.Quote ?? 0m, ours.Cost.Quote, $"{book.Symbol} {leg}: venue and book, cost");
                Same(theirs?.RealisedPnl.Quote ?? 0m, ours.Realised.Quote, $"{book.Symbol} {leg}: venue and book, realised");
                Same(theirs?.Funding.Quote ?? 0m, ours.Funding.Quote, $"{book.Symbol} {leg}: venue and book, funding");
                wallet += ours.Realised.Quote - ours.Fees.Quote + ours.Funding.Quote;
            }

            Same(flow.Fees, book.Fees.Quote, $"{book.Symbol}: fills and book, fees");
            Same(flow.Funding, book.Funding.Quote, $"{book.Symbol}: funding lines and book");
            foreach (var mark in (ReadOnlySpan<decimal>)[1m, 0.12345m, 987.65m])
            {
                Same(flow.EquityChangeAt(mark), book.EquityChangeAt(Price.Of(mark)).Quote, $"{book.Symbol}: change of equity at {mark}, by cash and by book");
                Same(flow.PathAt(mark), book.NetPathAt(Price.Of(mark)).Quote, $"{book.Symbol}: net position along the path at {mark}");
                Same(flow.EquityChangeAt(mark), flow.PathAt(mark) - flow.Fees + flow.Funding, $"{book.Symbol}: equity = net path - fees + funding at {mark}");
            }
        }

        Same(wallet, venue.Wallet.Quote, "deposit + realised - fees + funding, and the venue's wallet");

        void Same(decimal expected, decimal came, string what) => Assert.True(expected == came, $"{where}: {what}: {expected} against {came}.");
    }

    /// <summary>Nobody waits for anything any more.</summary>
    public static void AssertSettled(RunEnd end, string where)
    {
        var open = end.States.Select(s => s.State).OfType<OrderDeskState>().Single().Open;
        Assert.True(open.IsEmpty, $"{where}: {open.Length} intents are open, the first is {(open.IsEmpty ? null : open[0])}.");
        foreach (var strategy in end.States.Select(s => s.State).OfType<Actors.Hedging.StrategySnapshot>())
            Assert.True(strategy.State.Pending is null, $"{where}: a strategy waits for {strategy.State.Pending}.");
    }
}
