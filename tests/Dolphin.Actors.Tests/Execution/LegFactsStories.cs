using Dolphin.Actors.Books;
using Dolphin.Actors.Execution;
using Dolphin.Actors.Tests.Stage;
using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Domain.Reporting;
using Dolphin.Venues;

namespace Dolphin.Actors.Tests.Execution;

/// <summary>What happens to a leg reaches its book and its strategy: for certain, once, in order.</summary>
public sealed class LegFactsStories : IDisposable
{
    private readonly LegWorld _world = new();

    public void Dispose() => _world.Dispose();

    private void AssertAgreesInTheEnd()
    {
        _world.Heal();
        _world.AssertAgrees();
    }

    [Fact(DisplayName = "A liquidation while the book's asset is away is told until the book has it")]
    public void Book_away()
    {
        _world.Open(PositionSide.Long, 5m);
        _world.StopBook();
        _world.Venue.Liquidate(PositionSide.Long, 2m, 90m);
        _world.Flow();
        _world.Wait(ActorStage.Minute);
        _world.StartBook();
        _world.Wait(ActorStage.Policy.CareEvery);
        Assert.Equal(new Quantity(3m), _world.Board.Of(ActorStage.Btc).Book!.Long.Quantity);
        AssertAgreesInTheEnd();
        var told = _world.Wires.Told.Count;
        _world.Wait(ActorStage.Minute * 5);
        Assert.Equal(told, _world.Wires.Told.Count);
    }

    [Fact(DisplayName = "A liquidation while the strategy is away is told until the strategy has it")]
    public void Strategy_away()
    {
        _world.Open(PositionSide.Long, 5m);
        _world.Wires.StrategyIsAway = true;
        _world.Venue.Liquidate(PositionSide.Long, 2m, 90m);
        _world.Flow();
        _world.Wait(ActorStage.Minute);
        Assert.Single(_world.Strategy.Taken);
        _world.Wires.StrategyIsAway = false;
        _world.Wait(ActorStage.Policy.CareEvery);
        Assert.Equal(2, _world.Strategy.Taken.Count);
        AssertAgreesInTheEnd();
    }

    [Fact(DisplayName = "An older fill of our own that was lost on its way to the book comes before a liquidation of the same leg")]
    public void Own_fill_first()
    {
        _world.Open(PositionSide.Long, 5m);
        _world.Decide(PositionSide.Long, 4m);
        _world.Flow();
        (_world.Wires.ToBook, _world.Wires.ToStrategy) = (1, 1);
        _world.Venue.Fill(PositionSide.Long, 3m, 101m);
        _world.Flow();
        _world.Venue.Liquidate(PositionSide.Long, 6m, 90m);
        _world.Flow();
        AssertAgreesInTheEnd();
    }

    [Fact(DisplayName = "The other way round: a liquidation that was lost on its way comes before a newer fill of our own")]
    public void Liquidation_first()
    {
        _world.Open(PositionSide.Long, 5m);
        (_world.Wires.ToBook, _world.Wires.ToStrategy) = (1, 1);
        _world.Venue.Liquidate(PositionSide.Long, 2m, 90m);
        _world.Flow();
        _world.Open(PositionSide.Long, 4m);
        AssertAgreesInTheEnd();
    }

    [Fact(DisplayName = "A fill of our own that went down with the wire is asked for before a liquidation that the new session tells is booked")]
    public void Unheard_own_fill_first()
    {
        _world.Open(PositionSide.Long, 5m);
        _world.Decide(PositionSide.Long, 4m);
        _world.Flow();
        _world.Venue.Fill(PositionSide.Long, 3m, 101m);
        _world.Venue.Liquidate(PositionSide.Long, 6m, 90m);
        _world.Venue.Break();
        _world.Venue.Reconnect();
        _world.Flow(2); // That the wire is back, and the liquidation; the answer about the order is not here yet.
        Assert.Equal(new Quantity(5m), _world.Board.Of(ActorStage.Btc).Book!.Long.Quantity);
        _world.Flow();
        Assert.Equal(new Quantity(2m), _world.Board.Of(ActorStage.Btc).Book!.Long.Quantity);
        AssertAgreesInTheEnd();
    }

    [Fact(DisplayName = "An answer that brings fills from before and after a liquidation that waits for it: all three in order")]
    public void Liquidation_in_the_middle()
    {
        _world.Decide(PositionSide.Long, 6m);
        _world.Flow();
        _world.Venue.Fill(PositionSide.Long, 2m, 102m);
        _world.Flow();
        _world.Venue.Break();
        _world.Venue.Fill(PositionSide.Long, 3m, 103m);
        _world.Venue.Liquidate(PositionSide.Long, 1m, 95m);
        _world.Venue.Fill(PositionSide.Long, 1m, 101m);
        _world.ReplaceExecution();
        AssertAgreesInTheEnd();
    }

    [Fact(DisplayName = "A fill that shows one before it to be missing waits until the venue has told that one")]
    public void Gap_in_an_order()
    {
        _world.Decide(PositionSide.Long, 4m);
        _world.Flow();
        _world.Venue.Fill(PositionSide.Long, 1m, 100m);
        _world.Venue.Break();
        _world.Venue.Reconnect();
        _world.Venue.Fill(PositionSide.Long, 2m, 101m);
        _world.Flow(); // The second fill is said before the answer to the question that the returned wire causes.
        Assert.Equal(0, _world.Board.Of(ActorStage.Btc).Book?.FillCount ?? 0);
        _world.Flow();
        Assert.Equal(new Quantity(3m), _world.Board.Of(ActorStage.Btc).Book!.Long.Quantity);
        AssertAgreesInTheEnd();
    }

    [Fact(DisplayName = "Told twice, and both acknowledgements lost: funding, liquidation and fill are booked once")]
    public void Twice()
    {
        _world.Open(PositionSide.Long, 5m);
        _world.Wires.ToExecution = 3;
        _world.Venue.Liquidate(PositionSide.Long, 2m, 90m);
        _world.Venue.Fund(PositionSide.Long, -0.5m);
        _world.Flow();
        _world.Venue.Break();
        _world.Venue.Reconnect();
        _world.Flow();
        AssertAgreesInTheEnd();
        Assert.Single(_world.Journal.EventsOf(PositionBookActor.IdOf(ActorStage.Btc)).OfType<BookEvent.FundingBooked>());
    }

    [Fact(DisplayName = "A payment that was lost on its way is booked before the next one")]
    public void Funding_in_order()
    {
        _world.Open(PositionSide.Short, 5m);
        _world.Wires.ToBook = 1;
        _world.Venue.Fund(PositionSide.Short, 0.5m);
        _world.Flow();
        _world.Venue.Fund(PositionSide.Short, 0.25m);
        _world.Flow();
        AssertAgreesInTheEnd();
        Assert.Equal(new Money(0.75m), _world.Board.Of(ActorStage.Btc).Book!.Funding);
    }

    [Fact(DisplayName = "Killed between the venue's telling and the book's storing: whoever comes after is told again")]
    public void Killed()
    {
        _world.Open(PositionSide.Long, 5m);
        _world.StopBook();
        _world.Venue.Liquidate(PositionSide.Long, 2m, 90m);
        _world.Venue.Fund(PositionSide.Long, -0.5m);
        _world.Flow();
        _world.ReplaceExecution();
        AssertAgreesInTheEnd();
    }

    [Fact(DisplayName = "What happened while no gateway was there is told when the next one opens: fills of ours and the venue's, in order")]
    public void Nobody_there()
    {
        _world.Open(PositionSide.Long, 5m);
        _world.Decide(PositionSide.Long, 4m);
        _world.Flow();
        _world.Venue.Break();
        _world.Venue.Fill(PositionSide.Long, 3m, 101m);
        _world.Venue.Liquidate(PositionSide.Long, 6m, 90m);
        _world.Venue.Fund(PositionSide.Long, -0.5m);
        _world.Venue.Fill(PositionSide.Long, 1m, 91m);
        _world.ReplaceExecution();
        AssertAgreesInTheEnd();
    }

    [Fact(DisplayName = "Somebody trades on the account beside us: book and strategy have each fill once, as a stranger's, in order with ours")]
    public void Stranger()
    {
        _world.Open(PositionSide.Long, 5m);
        _world.Venue.Trade(PositionSide.Long, 3m, 101m);
        _world.Venue.Trade(PositionSide.Short, 2m, 99m);
        _world.Flow();
        _world.Open(PositionSide.Long, 1m);
        _world.Venue.Trade(PositionSide.Long, -4m, 102m);
        AssertAgreesInTheEnd();
        Assert.Equal(6, _world.Board.Of(ActorStage.Btc).Book!.ExternalFills); // Three orders in two fills each.
    }

    [Fact(DisplayName = "Somebody trades while no gateway is there: who opens next is told, after our own fill that came before it")]
    public void Stranger_while_away()
    {
        _world.Open(PositionSide.Long, 5m);
        _world.Decide(PositionSide.Long, 4m);
        _world.Flow();
        _world.Venue.Break();
        _world.Venue.Fill(PositionSide.Long, 3m, 101m);
        _world.Venue.Trade(PositionSide.Long, -7m, 102m);
        _world.ReplaceExecution();
        AssertAgreesInTheEnd();
        Assert.Equal(new Quantity(1m), _world.Board.Of(ActorStage.Btc).Book!.Long.Quantity);
    }

    [Fact(DisplayName = "A late copy of a fill of ours, whose order is long forgotten, is nobody else's trade")]
    public void Late_copy()
    {
        _world.Open(PositionSide.Long, 5m);
        _world.Heal();
        Assert.Equal(0, _world.Board.Orders.Open);
        _world.Venue.Repeat(_world.Venue.Fills[0]);
        AssertAgreesInTheEnd();
        Assert.Equal(0, _world.Board.Of(ActorStage.Btc).Book!.ExternalFills);
    }

    [Fact(DisplayName = "At the bound the oldest is given up, and it is said what and where; the others arrive, and the book shows the difference")]
    public void Bound()
    {
        _world.Open(PositionSide.Long, 5m);
        _world.StopBook();
        for (var i = 0; i <= IVenue.ToldAgain; i++) _world.Venue.Liquidate(PositionSide.Long, 0.01m, 90m);
        _world.Flow();
        var said = Assert.Single(_world.Board.News, n => n.Kind == NotableKind.Fault);
        Assert.Contains("fill 2 of autoclose-2", said.Text, StringComparison.Ordinal);
        _world.Heal();
        var (book, truth) = (_world.Board.Of(ActorStage.Btc).Book!.Long, _world.Venue.Truth.Long);
        Assert.Equal(truth.LastTradeId, book.LastTradeId);
        Assert.Equal(truth.Quantity + new Quantity(0.01m), book.Quantity);
        Assert.Null(_world.Desk().Unstored);
    }

    [Fact(DisplayName = "A replay that goes back to a checkpoint still has what waited there")]
    public void In_the_snapshot()
    {
        _world.Open(PositionSide.Long, 5m);
        _world.StopBook();
        _world.Venue.Liquidate(PositionSide.Long, 2m, 90m);
        _world.Venue.Fund(PositionSide.Long, -0.5m);
        _world.Flow();
        var state = _world.Desk();
        Assert.Equal((1, 1), (state.Unstored!.External.Length, state.Unstored.Funding.Length));
        var unstored = new UnstoredFacts();
        unstored.Restore(state.Unstored, []);
        Assert.Equal([typeof(BookProtocol.BookFill), typeof(ExecutionProtocol.ExternalFill), typeof(BookProtocol.BookFunding)],
            unstored.Due((ActorStage.Btc, PositionSide.Long), again: false).Select(m => m.GetType()));
        AssertAgreesInTheEnd();
    }
}
