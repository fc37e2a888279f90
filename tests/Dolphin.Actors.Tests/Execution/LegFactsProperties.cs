using Dolphin.Actors.Execution;
using Dolphin.Actors.Tests.Stage;
using Dolphin.Domain.Market;
using Dolphin.Domain.Placement;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Actors.Tests.Execution;

/// <summary>Whatever is lost, killed or repeated between a venue and a book.</summary>
public sealed class LegFactsProperties
{
    public enum Deed { Enter, Reduce, Fill, Liquidate, Trade, Fund, LoseToBook, LoseToStrategy, LoseAnswer, StopBook, StartBook, ReplaceExecution, Break, Reconnect, SayOne, SayAll, Wait, ShowBook }

    public sealed record Step(Deed Deed, PositionSide Leg, int Amount)
    {
        public override string ToString() => $"{Deed} {Leg} {Amount}";
    }

    private static readonly (int Weight, Deed Deed)[] Mix =
    [
        (5, Deed.Enter), (2, Deed.Reduce), (8, Deed.Fill), (4, Deed.Liquidate), (4, Deed.Trade), (3, Deed.Fund), (3, Deed.LoseToBook), (3, Deed.LoseToStrategy), (3, Deed.LoseAnswer),
        (1, Deed.StopBook), (2, Deed.StartBook), (1, Deed.ReplaceExecution), (1, Deed.Break), (2, Deed.Reconnect), (6, Deed.SayOne), (6, Deed.SayAll), (2, Deed.Wait), (6, Deed.ShowBook),
    ];

    private static Arbitrary<Step[]> Lives => (
        from deed in Gen.Elements(Mix.SelectMany(m => Enumerable.Repeat(m.Deed, m.Weight)).ToArray())
        from leg in Gen.Elements(PositionSide.Long, PositionSide.Short)
        from amount in Gen.Choose(1, 3)
        select new Step(deed, leg, amount)).ArrayOf(60).ToArbitrary();

    [Theory(DisplayName = "Whatever is lost, killed, broken or repeated: in the end the book is the venue's, to the last digit, and each fact is booked once, whether orders go as they are or are worked")]
    [InlineData(false)]
    [InlineData(true)]
    public void Book_is_the_venue(bool works)
    {
        var (liquidations, others, fills, parts) = (0, 0, 0, 0);
        var placement = works ? new PlacementPlan(PlacementPolicy.Usual, WorksExits: true, BooksShowOwnOrders: false) : null;
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(60), Prop.ForAll(Lives, steps =>
        {
            using var world = new LegWorld(placement);
            foreach (var step in steps) Do(world, step);
            world.Heal();
            world.AssertAgrees();
            liquidations += world.Venue.Fills.Count(f => f.Order.Value.StartsWith("autoclose-", StringComparison.Ordinal));
            others += world.Venue.Fills.Count(f => f.Order.Value.StartsWith("web_", StringComparison.Ordinal));
            fills += world.Venue.Fills.Count;
            parts += world.Venue.Fills.Count(f => ClientOrderIds.TryParse(f.Order, out var name) && name.Value.Part > 0);
        }));
        Assert.True(works ? parts > 10 : parts == 0, $"{parts} fills are of orders that were worked.");
        Assert.True(liquidations > 10 && others > 30 && fills > 100, $"only {fills} fills, {liquidations} of them liquidations and {others} a stranger's: the property shows nothing.");
    }

    private static void Do(LegWorld world, Step step)
    {
        switch (step.Deed)
        {
            case Deed.Enter: world.Decide(step.Leg, step.Amount * 2m); break;
            case Deed.Reduce: world.Decide(step.Leg, -step.Amount); break;
            case Deed.Fill: world.Venue.Fill(step.Leg, step.Amount, 100m + step.Amount); break;
            case Deed.Liquidate: world.Venue.Liquidate(step.Leg, step.Amount, 95m); break;
            case Deed.Trade: world.Venue.Trade(step.Leg, step.Amount == 1 ? -2m : step.Amount, 90m + step.Amount); break;
            case Deed.Fund: world.Venue.Fund(step.Leg, step.Amount * 0.01m); break;
            case Deed.LoseToBook: world.Wires.ToBook += step.Amount; break;
            case Deed.LoseToStrategy: world.Wires.ToStrategy += step.Amount; break;
            case Deed.LoseAnswer: world.Wires.ToExecution += step.Amount; break;
            case Deed.StopBook: world.StopBook(); break;
            case Deed.StartBook: world.StartBook(); break;
            case Deed.ReplaceExecution: world.ReplaceExecution(); break;
            case Deed.Break: world.Venue.Break(); break;
            case Deed.Reconnect: world.Venue.Reconnect(); break;
            case Deed.SayOne: world.Flow(1); break;
            case Deed.SayAll: world.Flow(); break;
            case Deed.ShowBook: world.ShowBook(step.Leg == PositionSide.Long ? step.Amount : -step.Amount); break;
            case Deed.Wait: world.Wait(ActorStage.Policy.CareEvery); break;
        }
    }
}
