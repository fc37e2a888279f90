using Dolphin.Actors.Books;
using Dolphin.Domain;
using Dolphin.Domain.Market;
using static Dolphin.Actors.Execution.ExecutionProtocol;

namespace Dolphin.Benchmarks.Memory;

/// <summary>Stands in execution's place and in the venue's: fills every order as a whole, where it was to rest or at the decision price.</summary>
internal sealed class FillingDesk : ReceiveActor
{
    private readonly IReadOnlyDictionary<Symbol, IActorRef> _owners;
    private readonly bool _withBooks;
    private long _trade = 1_000;

    /// <param name="owners">Whom what happens to a symbol's legs is told: its asset, or the strategy itself. Complete before the first bar.</param>
    /// <param name="withBooks">The owners have books.</param>
    public FillingDesk(IReadOnlyDictionary<Symbol, IActorRef> owners, bool withBooks)
    {
        (_owners, _withBooks) = (owners, withBooks);
        Receive<Execute>(OnExecute);
        ReceiveAny(static _ => { }); // What has been stored it does not need to know.
    }

    private void OnExecute(Execute asked)
    {
        var owner = _owners[asked.Symbol];
        foreach (var leg in (ReadOnlySpan<PositionSide>)[PositionSide.Long, PositionSide.Short])
        {
            var change = asked.Targets.To[leg] - asked.Targets.From[leg];
            if (change == Quantity.Zero)
            {
                owner.Tell(new LegDone(asked.StrategyId, asked.Targets.Sequence, leg, Quantity.Zero, "nothing to do"));
                continue;
            }

            var (quantity, price) = (change.Abs(), asked.Targets.Limit ?? asked.Targets.DecisionPrice);
            var fill = new Fill(
                ClientOrderIds.For(asked.StrategyId, asked.Targets.Sequence, leg), ++_trade, asked.Symbol, leg, change > Quantity.Zero ? leg.Increasing() : leg.Reducing(),
                price, quantity, new Money(price.QuotePerBase * quantity.Base * 0.0005m), IsMaker: false, quantity, Context.System.Scheduler.Now);
            if (_withBooks) owner.Tell(new BookProtocol.BookFill(fill, IsExternal: false));
            owner.Tell(new OrderFilled(asked.StrategyId, asked.Targets.Sequence, fill));
            owner.Tell(new LegDone(asked.StrategyId, asked.Targets.Sequence, leg, quantity, "filled"));
        }
    }
}
