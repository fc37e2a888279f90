using Dolphin.Domain;
using Dolphin.Domain.Books;
using Dolphin.Domain.TwoLegs;
using static Dolphin.Actors.Strategies.StrategyProtocol;

namespace Dolphin.Benchmarks.Memory;

/// <summary>Stands in the place of an asset, or of the node: parent of many, who watches them, and hands legs to those who want some.</summary>
internal sealed class Owner : ReceiveActor
{
    // Two legs under water for a compression, and far from balance for a protector: long 1 at 104, short 0.8 at 96, around a price of 100.
    private static readonly HandOver Legs = new(
        new LegPosition(new Quantity(1m), new Money(104m)), new LegPosition(new Quantity(0.8m), new Money(76.8m)), LongTradeId: 1, ShortTradeId: 2);

    private static readonly HandOver None = new(default, default, LongTradeId: 0, ShortTradeId: 0);

    /// <summary>Answered by the references, in their order.</summary>
    internal sealed record Create(IReadOnlyList<(string Name, Props Props)> Children);

    public Owner()
    {
        Receive<Create>(create => Sender.Tell(create.Children.Select(c => Context.Watch(Context.ActorOf(c.Props, c.Name))).ToArray()));
        Receive<WantLegs>(want => Sender.Tell(new Adopt("memory", want.EvenNone ? None : Legs, want.Mark))); // Who begins with none opens by itself.
        ReceiveAny(static _ => { });
    }
}
