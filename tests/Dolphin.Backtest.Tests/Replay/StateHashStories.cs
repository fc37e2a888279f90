using System.Collections.Immutable;
using Dolphin.Actors.Execution;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Sensors;
using Dolphin.Backtest.Replay;
using Dolphin.Domain;
using Dolphin.Domain.Books;
using Dolphin.Domain.Market;
using Dolphin.Domain.Survival;
using FsCheck;
using FsCheck.Fluent;
using static Dolphin.Actors.Journal.DurableProtocol;

namespace Dolphin.Backtest.Tests.Replay;

/// <summary>One number for everything that is stored.</summary>
public sealed class StateHashStories
{
    private static readonly Symbol Btc = new("BTCUSDT");

    private static ImmutableArray<StoredState> States(decimal price = 100.10m, long sequence = 7, string book = "book-BTCUSDT", double worst = 0.125) =>
    [
        new(book, sequence, HedgedBook.Empty(Btc).Apply(Fill(price)).Book),
        new("sensor-drawdown", 3, new DrawdownState(new Money(50_000m), new Money(49_000.5m), worst)),
        new("execution", 0, new OrderDeskState([], [], Intents: 2, Rejected: 0, Posture.Apex)),
    ];

    private static Fill Fill(decimal price) => new(
        new ClientOrderId("o-1"), 1, Btc, PositionSide.Long, OrderSide.Buy, Price.Of(price), new Quantity(2m), new Money(0.1m), IsMaker: false, new Quantity(2m),
        DateTimeOffset.UnixEpoch);

    [Fact(DisplayName = "Equal states that were made apart have the same hash: 64 digits of lower-case hex")]
    public void Equal()
    {
        Assert.Equal(StateHash.Of(States()), StateHash.Of(States()));
        Assert.Matches("^[0-9a-f]{64}$", StateHash.Of(States()));
    }

    [Fact(DisplayName = "A digit of a price, of a fraction, of a sequence number, a letter of an id, an entity more or less: every one is another hash")]
    public void Differs()
    {
        string[] hashes =
        [
            StateHash.Of(States()), StateHash.Of(States(price: 100.11m)), StateHash.Of(States(worst: 0.12500000000000003)), StateHash.Of(States(sequence: 8)),
            StateHash.Of(States(book: "book-BTCUSDC")), StateHash.Of(States()[1..]), StateHash.Of([.. States(), new StoredState("more", 0, new QuorumState(null))]), StateHash.Of([]),
        ];
        Assert.Equal(hashes.Length, hashes.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact(DisplayName = "The scale of an amount is part of the state: 100.1 is stored otherwise than 100.10")]
    public void Scale() => Assert.NotEqual(StateHash.Of(States(100.10m)), StateHash.Of(States(100.1m)));

    [Fact(DisplayName = "The order in which entities answered does not matter")]
    public void Order() => Prop.ForAll(Gen.Shuffle(States().ToArray()).ToArbitrary(),
        shuffled => string.Equals(StateHash.Of(States()), StateHash.Of(shuffled), StringComparison.Ordinal)).QuickCheckThrowOnFailure();

    [Fact(DisplayName = "What comes back from its stored form has the hash of what was stored")]
    public void Through_the_journal() => Assert.Equal(
        StateHash.Of(States()), StateHash.Of(States().Select(s => s with { State = StoredJson.Read(StoredJson.Write(s.State), s.State.GetType()) })));
}
