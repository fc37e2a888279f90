using Dolphin.Domain.Books;
using Dolphin.Domain.Compression;
using Dolphin.Domain.Market;
using Dolphin.Domain.Tests.Hedging;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.Tests.Compression;

/// <summary>Gold in lots of 0.01, long 0.08 at 5000 and short 0.10 at 4900: the book of the seed's example.</summary>
internal static class CompressionStage
{
    public static readonly Instrument Gold = Instruments.Infer(new Symbol("XAUUSDT"), priceDecimals: 2, volumeDecimals: 2);
    /// <summary>Five pips inside the gap, ready after two bars.</summary>
    public static readonly CompressionSettings Settings = new() { Offset = 0.0001m, WarmUpBars = 2, MaxVolatility = 1m };

    public static CompressionRun Idle(CompressionSettings? settings = null) => new(CompressionRun.PolicyOf(settings ?? Settings), Gold);

    public static CompressionRun Locked(CompressionSettings? settings = null, decimal longQuantity = 0.08m, decimal shortQuantity = 0.10m)
    {
        var run = Idle(settings);
        run.Adopt(longQuantity, 5_000m, shortQuantity, 4_900m);
        Assert.Equal((longQuantity, shortQuantity), run.Legs);
        return run;
    }

    /// <summary>From the middle of the gap to its top and back: ends an up-swing only if a rise has been under way.</summary>
    public static CompressionEvent[] UpSwing(CompressionRun run) => run.At(4_985m, 4_955m);

    /// <summary>To the bottom and back: ends a down-swing.</summary>
    public static CompressionEvent[] DownSwing(CompressionRun run) => run.At(4_915m, 4_945m);

    /// <summary>From the first price on.</summary>
    public static CompressionEvent[] FirstDownSwing(CompressionRun run) => [.. run.At(4_950m), .. DownSwing(run)];
}

public sealed class WorkedExampleStories
{
    [Fact(DisplayName = "The seed's example, step by step: 0.08/0.10 -> 0.09/0.10 -> 0.09/0.08 -> 0.07/0.08 -> ... -> flat, in ten swings")]
    public void StepByStep()
    {
        var run = CompressionStage.Locked();
        Assert.Equal(0.01m, run.State.Residual.Base);

        var topUp = Assert.IsType<CompressionEvent.ToppedUp>(CompressionStage.FirstDownSwing(run)[0]);
        Assert.Equal((PositionSide.Long, 0.01m, 0m, LegIntent.Entry), (topUp.Leg, topUp.Wanted.Base, topUp.Dropped.Base, topUp.Targets.Intent));
        Assert.Equal((0.09m, 0.10m), run.Legs);
        Assert.True(run.State.Locked);
        Assert.Empty(CompressionStage.UpSwing(run)); // The long leg is short - r already.

        (decimal, decimal)[] expected =
        [
            (0.09m, 0.08m), (0.07m, 0.08m), (0.07m, 0.06m), (0.05m, 0.06m), (0.05m, 0.04m),
            (0.03m, 0.04m), (0.03m, 0.02m), (0.01m, 0.02m), (0.01m, 0m), (0m, 0m),
        ];
        for (var i = 0; i < expected.Length; i++)
        {
            var events = i % 2 == 0 ? CompressionStage.DownSwing(run) : CompressionStage.UpSwing(run);
            var reduced = Assert.IsType<CompressionEvent.Reduced>(Assert.Single(events));
            Assert.Equal(LegIntent.Exit, reduced.Targets.Intent);
            Assert.Equal(i % 2 == 0 ? (PositionSide.Short, Swing.Down, 4_915m) : (PositionSide.Long, Swing.Up, 4_985m), (reduced.Leg, reduced.Swing, reduced.Turn.QuotePerBase));
            Assert.Equal(expected[i], run.Legs);
        }
        Assert.Equal((CompressionMode.Terminated, 10), (run.State.Mode, run.State.Swings));
        Assert.True(run.All<CompressionEvent.Terminated>().Single().Dust.AreFlat);
    }

    [Fact(DisplayName = "Three numbers apart: the locked loss released, the swings' gains, the costs. Their sum is the P&L, and that of the net position's path less fees")]
    public void ThreeNumbers()
    {
        var run = CompressionStage.Locked();
        CompressionStage.FirstDownSwing(run);
        CompressionStage.UpSwing(run);
        var gap = run.State.Gap!.Value;
        for (var i = 0; i < 10; i++) _ = i % 2 == 0 ? CompressionStage.DownSwing(run) : CompressionStage.UpSwing(run);
        var result = run.All<CompressionEvent.Terminated>().Single().Result;

        // 0.08 at 5000 and 0.01 at 4945 on the one side, 0.10 at 4900 on the other.
        Assert.Equal((4_900m, 4_993.8889m), (gap.Short.QuotePerBase, decimal.Round(gap.Long.QuotePerBase, 4)));
        // Every unit of 0.19 was closed and carried half of the gap.
        Assert.Equal(-0.19m * (gap.Long.QuotePerBase - gap.Short.QuotePerBase) / 2m, result.LockedLossReleased.Quote, 6);
        // Bought back at 4945, one bounce above the bottom; sold at 4955, one bounce below the top: ten a unit of 0.02, five times each way, less
        // what the middle of the gap says of the 0.01 by which the shorts were more.
        var middle = (gap.Long.QuotePerBase + gap.Short.QuotePerBase) / 2m;
        Assert.Equal(0.10m * (middle - 4_945m) + 0.09m * (4_955m - middle), result.SwingGains.Quote, 6);
        Assert.Equal(0.0005m * (0.01m * 4_945m + 0.10m * 4_945m + 0.09m * 4_955m), result.Costs.Quote);

        var book = run.Venue.Book;
        var any = Price.Of(1_234.56m);
        Assert.Equal(book.EquityChangeAt(any), result.Sum);
        Assert.Equal(book.NetPathAt(any) - book.Fees, result.Sum);
        Assert.Equal(0m, book.IdentityGapAt(any).Quote);
    }

    [Fact(DisplayName = "At every moment the three numbers and what is unrealised are what the account says")]
    public void Underway()
    {
        var run = CompressionStage.Locked();
        run.Watch = (_, _, after) =>
        {
            if (after.Pending is null) Assert.Equal(run.Venue.Book.Realised - run.Venue.Book.Fees, after.Result.Sum);
        };
        CompressionStage.FirstDownSwing(run);
        for (var i = 0; i < 5; i++)
        {
            _ = i % 2 == 0 ? CompressionStage.UpSwing(run) : CompressionStage.DownSwing(run);
            Assert.Equal(run.Venue.Book.EquityChangeAt(Price.Of(4_931.5m)), run.State.ProfitAt(Price.Of(4_931.5m)));
        }
    }
}

public sealed class SwingStories
{
    private static Swing[] EndsOf(params decimal[] prices)
    {
        var detector = default(SwingDetector);
        return [.. prices.Select(p => (detector = detector.Next(Price.Of(p), 0.01m)).Ended)];
    }

    [Fact(DisplayName = "A swing ends when the price has come back by the bounce from its far end, and not before")]
    public void Ends() => Assert.Equal(
        [Swing.None, Swing.None, Swing.None, Swing.None, Swing.Up, Swing.None, Swing.None, Swing.Down],
        EndsOf(100m, 101m, 103m, 101.98m, 101.97m, 100m, 100.99m, 101m));

    [Fact(DisplayName = "The first move of a bounce begins a swing and ends none")]
    public void First() => Assert.Equal([Swing.None, Swing.None, Swing.None], EndsOf(100m, 102m, 101.5m));

    [Fact(DisplayName = "Moves smaller than the bounce are no swings, however many")]
    public void Ripples() => Assert.All(EndsOf([.. Enumerable.Range(0, 100).Select(i => i % 2 == 0 ? 100m : 100.9m)]), e => Assert.Equal(Swing.None, e));

    [Fact(DisplayName = "A price that only rises, or only falls, ends no swing")]
    public void Trend()
    {
        Assert.All(EndsOf([.. Enumerable.Range(0, 50).Select(i => 100m + i)]), e => Assert.Equal(Swing.None, e));
        Assert.All(EndsOf([.. Enumerable.Range(0, 50).Select(i => 100m - i)]), e => Assert.Equal(Swing.None, e));
    }

    [Fact(DisplayName = "The far end of a swing that ended is told with it")]
    public void Turn()
    {
        var detector = new[] { 100m, 103m, 99m, 98m }.Aggregate(default(SwingDetector), (d, p) => d.Next(Price.Of(p), 0.01m));
        Assert.Equal((Swing.None, (Price?)null), (detector.Ended, detector.Turn));
        Assert.Equal((Swing.Down, 98m), (detector.Next(Price.Of(99m), 0.01m).Ended, detector.Next(Price.Of(99m), 0.01m).Turn!.Value.QuotePerBase));
    }

    [Fact(DisplayName = "Outside the gap the swing under way is forgotten: it must lie inside as a whole")]
    public void Outside()
    {
        var run = CompressionStage.Locked();
        CompressionStage.FirstDownSwing(run);
        run.At(4_985m, 5_010m); // Above the longs' average: not inside any more.
        Assert.Equal(default, run.Monitor.Swings);
        Assert.Empty(run.At(4_950m, 4_940m));
        Assert.Equal((0.09m, 0.10m), run.Legs);
    }

    [Fact(DisplayName = "A swing whose far end lies outside the gap as it is now is none")]
    public void FarEnd()
    {
        var run = CompressionStage.Locked();
        run.At(4_950m, 4_949m);
        foreach (var (low, decided) in new[] { (4_899m, 0), (4_915m, 1) })
        {
            var monitor = run.Monitor with { BarsSeen = 10, Swings = new SwingDetector(Swing.Up, Price.Of(4_945m), Price.Of(low), Swing.Down) };
            var look = new CompressionMarket(Price.Of(4_945m), run.Now.AddMinutes(1), monitor, run.Risk, RegimeGate.Open, 0m);
            Assert.Equal(decided, CompressionDecider.Decide(run.Policy, run.Instrument, run.State, look).Events.Length);
        }
    }

    [Fact(DisplayName = "A bar that is told twice ends its swing once")]
    public void Twice()
    {
        var run = CompressionStage.Locked();
        run.At(4_950m, 4_985m, 4_915m);
        var ended = CompressionMonitor.Observe(run.Policy, run.Monitor, run.State.Gap, Price.Of(4_945m), run.Monitor.LastOpenTimeMs + 60_000);
        Assert.Equal(Swing.Down, ended.Swings.Ended);
        var again = CompressionMonitor.Observe(run.Policy, ended, run.State.Gap, Price.Of(4_945m), ended.LastOpenTimeMs);
        Assert.Equal((Swing.None, ended.BarsSeen), (again.Swings.Ended, again.BarsSeen));
    }
}

public sealed class TopUpStories
{
    [Fact(DisplayName = "The smaller leg is bought at the end of a down-swing, and the smaller short sold at the end of an up-swing")]
    public void Direction()
    {
        var run = CompressionStage.Locked(longQuantity: 0.10m, shortQuantity: 0.08m);
        Assert.Empty(CompressionStage.FirstDownSwing(run));
        var topUp = Assert.IsType<CompressionEvent.ToppedUp>(Assert.Single(CompressionStage.UpSwing(run)));
        Assert.Equal(PositionSide.Short, topUp.Leg);
        Assert.Equal((0.10m, 0.09m), run.Legs);
    }

    [Fact(DisplayName = "R_total scales the top-up, and what it took away is not carried")]
    public void Scaled()
    {
        var run = CompressionStage.Locked(longQuantity: 0.05m);
        run.Risk = run.Risk with { RTotal = 0.5d };
        var topUp = Assert.IsType<CompressionEvent.ToppedUp>(Assert.Single(CompressionStage.FirstDownSwing(run)));
        Assert.Equal((0.04m, 0.02m), (topUp.Wanted.Base, topUp.Dropped.Base));
        Assert.Equal((0.07m, 0.10m, 0m), (run.Legs.Long, run.Legs.Short, run.State.Long.Carry.Base));
        run.Risk = run.Risk with { RTotal = 1d };
        CompressionStage.UpSwing(run);
        CompressionStage.DownSwing(run);
        Assert.Equal((0.07m, 0.06m), run.Legs); // Locked: from here legs only become smaller.
    }

    [Fact(DisplayName = "Where entries are refused the top-up is an event with its reason, once, and the reduction alone makes the lock")]
    public void Refused()
    {
        var run = CompressionStage.Locked();
        run.Risk = run.Risk with { EntriesAllowed = false };
        Assert.Collection(CompressionStage.FirstDownSwing(run),
            e => Assert.Equal("compression.entries-not-allowed", Assert.IsType<CompressionEvent.EntryRefused>(e).Code),
            e => Assert.IsType<CompressionEvent.Reduced>(e));
        Assert.Equal((0.08m, 0.07m), run.Legs);
        run.Risk = run.Risk with { EntriesAllowed = true };
        Assert.IsType<CompressionEvent.Reduced>(Assert.Single(CompressionStage.UpSwing(run)));
        Assert.Equal((0.06m, 0.07m), run.Legs);
    }

    [Theory(DisplayName = "Caps cut the top-up or refuse it, and the refusal says which")]
    [InlineData(450, 1_000, 3, "", 9)] // 0.09 x 4945 = 445.05
    [InlineData(440, 1_000, 3, "compression.position-cap", 8)]
    [InlineData(5_000, 930, 1, "compression.capital-allocation", 8)] // 0.18 x 4945 = 890.10, and 0.01 more 49.45 with its fee
    [InlineData(5_000, 940, 1, "", 9)]
    public void Caps(int cap, int capital, int leverage, string code, int expectedLots)
    {
        var run = CompressionStage.Locked(CompressionStage.Settings with { PositionCap = cap, Capital = capital, Leverage = leverage });
        var first = CompressionStage.FirstDownSwing(run)[0];
        Assert.Equal(expectedLots * 0.01m, run.Legs.Long);
        Assert.Equal(code, first is CompressionEvent.EntryRefused refused ? refused.Code : "");
    }

    [Fact(DisplayName = "A top-up smaller than the venue trades is not made; the reduction goes to the same level")]
    public void TooSmall()
    {
        var run = CompressionStage.Locked(CompressionStage.Settings with { Residual = 0.15m });
        run.Risk = run.Risk with { RTotal = 0.5d };
        Assert.Equal("compression.top-up-too-small", Assert.IsType<CompressionEvent.EntryRefused>(CompressionStage.FirstDownSwing(run)[0]).Code);
        Assert.Equal((0.08m, 0.07m), run.Legs);
    }

    [Fact(DisplayName = "A top-up that got no fill is tried again at the next down-swing")]
    public void NoFill()
    {
        var run = CompressionStage.Locked();
        run.Venue.Answers = _ => Answer.Refusal;
        Assert.IsType<CompressionEvent.ToppedUp>(CompressionStage.FirstDownSwing(run)[0]);
        Assert.False(run.State.Locked);
        run.Venue.Answers = _ => Answer.Full;
        CompressionStage.UpSwing(run);
        Assert.IsType<CompressionEvent.ToppedUp>(CompressionStage.DownSwing(run)[0]);
        Assert.Equal((0.09m, 0.10m), run.Legs);
    }
}

public sealed class LayerStories
{
    [Theory(DisplayName = "A regime that is shut, a market too quiet or too wild, or one not yet known lets the swing pass: one event with the reason")]
    [InlineData("compression.regime-shut")]
    [InlineData("compression.too-wild")]
    [InlineData("compression.too-quiet")]
    [InlineData("compression.warming-up")]
    public void Passed(string code)
    {
        var run = CompressionStage.Locked(code switch
        {
            "compression.too-wild" => CompressionStage.Settings with { MaxVolatility = 0.01m },
            "compression.too-quiet" => CompressionStage.Settings with { MinVolatility = 0.5m },
            "compression.warming-up" => CompressionStage.Settings with { WarmUpBars = 1_000 },
            _ => CompressionStage.Settings,
        });
        if (code == "compression.regime-shut") run.Regime = RegimeGate.Shut;
        var passed = Assert.IsType<CompressionEvent.SwingPassed>(Assert.Single(CompressionStage.FirstDownSwing(run)));
        Assert.Equal((Swing.Down, code), (passed.Swing, passed.Code));
        Assert.Empty(CompressionStage.UpSwing(run));
        Assert.Empty(CompressionStage.DownSwing(run));
        Assert.Equal((0.08m, 0.10m), run.Legs);
    }

    [Fact(DisplayName = "When the regime opens again the next swing is followed, and a later closing is told anew")]
    public void Reopens()
    {
        var run = CompressionStage.Locked();
        run.Regime = RegimeGate.Shut;
        CompressionStage.FirstDownSwing(run);
        run.Regime = RegimeGate.Open;
        CompressionStage.UpSwing(run);
        Assert.IsType<CompressionEvent.ToppedUp>(Assert.Single(CompressionStage.DownSwing(run)));
        run.Regime = RegimeGate.Shut;
        Assert.IsType<CompressionEvent.SwingPassed>(Assert.Single(CompressionStage.UpSwing(run)));
    }

    [Fact(DisplayName = "When not even exits are allowed nothing is decided")]
    public void NothingAllowed()
    {
        var run = CompressionStage.Locked();
        run.Risk = run.Risk with { ExitsAllowed = false };
        Assert.Empty(CompressionStage.FirstDownSwing(run));
        run.Send(new CompressionInput.RequestExit("ada", 1, run.Now));
        Assert.Empty(run.At(4_950m));
    }

    [Fact(DisplayName = "While orders are open a swing that ends is passed over, and the structure goes on with the next")]
    public void Pending()
    {
        var run = CompressionStage.Locked();
        CompressionStage.FirstDownSwing(run);
        CompressionStage.UpSwing(run);
        run.HoldOrders = true;
        var reduced = Assert.IsType<CompressionEvent.Reduced>(Assert.Single(CompressionStage.DownSwing(run)));
        Assert.Empty(CompressionStage.UpSwing(run));
        Assert.Equal((0.09m, 0.10m), run.Legs);
        run.HoldOrders = false;
        run.Execute(reduced.Targets);
        Assert.Empty(CompressionStage.DownSwing(run));
        CompressionStage.UpSwing(run);
        Assert.Equal((0.07m, 0.08m), run.Legs);
    }

    [Fact(DisplayName = "What an order left unfilled is not carried, and the next swing goes to its own level")]
    public void PartlyFilled()
    {
        var run = CompressionStage.Locked();
        CompressionStage.FirstDownSwing(run);
        CompressionStage.UpSwing(run);
        run.Venue.Answers = _ => new Answer(0.5m, 1);
        CompressionStage.DownSwing(run);
        Assert.Equal((0.09m, 0.09m), run.Legs);
        run.Venue.Answers = _ => Answer.Full;
        CompressionStage.UpSwing(run);
        Assert.Equal((0.08m, 0.09m), run.Legs);
        CompressionStage.DownSwing(run);
        Assert.Equal((0.08m, 0.07m), run.Legs);
    }

    [Fact(DisplayName = "What is too small for the venue is carried: the next reduction of the leg contains it")]
    public void Carried()
    {
        var run = new CompressionRun(CompressionRun.PolicyOf(CompressionStage.Settings), CompressionStage.Gold with { MinQuantity = new Quantity(0.02m) });
        run.Adopt(0.10m, 5_000m, 0.11m, 4_900m);
        Assert.Equal(0.02m, run.State.Residual.Base); // One lot would be less than the venue trades.
        CompressionStage.FirstDownSwing(run);
        CompressionStage.UpSwing(run);
        Assert.Equal((0.06m, 0.08m), run.Legs);
        run.Venue.Answers = _ => new Answer(0.75m, 1);
        CompressionStage.DownSwing(run); // Wants 0.04 less; gets 0.03.
        Assert.Equal((0.06m, 0.05m), run.Legs);
        run.Venue.Answers = _ => Answer.Refusal;
        CompressionStage.UpSwing(run);
        run.Venue.Answers = _ => Answer.Full;
        var small = Assert.IsType<CompressionEvent.Reduced>(Assert.Single(CompressionStage.DownSwing(run)));
        Assert.Equal(((LegTargets?)null, -0.01m, -0.01m), (small.Orders, small.CarryShort.Base, run.State.Short.Carry.Base));
        Assert.Equal((0.06m, 0.05m), run.Legs);
        CompressionStage.UpSwing(run);
        Assert.Equal((0.03m, 0.05m), run.Legs);
        CompressionStage.DownSwing(run); // 0.04 less, and the 0.01 is in it.
        Assert.Equal((0.03m, 0.01m, 0m), (run.Legs.Long, run.Legs.Short, run.State.Short.Carry.Base));
    }
}

public sealed class EndStories
{
    [Fact(DisplayName = "A rest worth less than epsilon is closed with the reduction that would leave it")]
    public void Closing()
    {
        var run = CompressionStage.Locked(CompressionStage.Settings with { Epsilon = 200m });
        CompressionStage.FirstDownSwing(run);
        while (run.State.Mode == CompressionMode.Active)
        {
            CompressionStage.UpSwing(run);
            CompressionStage.DownSwing(run);
        }
        var last = run.All<CompressionEvent.Reduced>().Last();
        Assert.True(last.Closing);
        Assert.Equal((0.03m, 0.02m), (last.Targets.From.Long.Base, last.Targets.From.Short.Base)); // 0.03 in all would be worth 149.
        Assert.True(run.State.Legs.AreFlat);
    }

    // The seed's structure, a hundred times as large, down to its last leg.
    private static CompressionRun LastLeg(decimal epsilon = 10m)
    {
        var run = CompressionStage.Locked(
            CompressionStage.Settings with { Capital = 100_000m, PositionCap = 100_000m, Epsilon = epsilon }, longQuantity: 8m, shortQuantity: 10m);
        CompressionStage.FirstDownSwing(run);
        CompressionStage.UpSwing(run);
        for (var i = 0; i < 9; i++) _ = i % 2 == 0 ? CompressionStage.DownSwing(run) : CompressionStage.UpSwing(run);
        Assert.Equal((1m, 0m), run.Legs);
        return run;
    }

    [Fact(DisplayName = "A last leg whose closing gets no fill is no dust: it stays with the strategy, and is closed at the next price, without waiting for a swing")]
    public void LastLegRefused()
    {
        var run = LastLeg();
        run.Venue.Answers = _ => Answer.Refusal;
        Assert.True(Assert.IsType<CompressionEvent.Reduced>(Assert.Single(CompressionStage.UpSwing(run))).Closing);
        Assert.Equal((CompressionMode.Active, (1m, 0m)), (run.State.Mode, run.Legs));
        Assert.Equal("compression.is-leaving", run.Send(new CompressionInput.Resume("ada")).Refusal?.Code);
        Assert.Equal(CompressionExits.Rest, Assert.IsType<CompressionEvent.Unwound>(Assert.Single(run.At(5_200m))).Causes); // Outside the gap too.
        Assert.Equal((CompressionMode.Active, (1m, 0m)), (run.State.Mode, run.Legs));
        run.Risk = run.Risk with { ExitsAllowed = false };
        Assert.Empty(run.At(5_200m));
        run.Risk = run.Risk with { ExitsAllowed = true, EntriesAllowed = false };
        run.Venue.Answers = _ => Answer.Full;
        run.At(5_200m);
        Assert.Equal((CompressionMode.Terminated, (0m, 0m)), (run.State.Mode, run.Legs));
        Assert.True(run.All<CompressionEvent.Terminated>().Single().Dust.AreFlat);
        Assert.Equal(run.Venue.Book.EquityChangeAt(Price.Of(1m)), run.State.Result.Sum);
    }

    [Fact(DisplayName = "A closing that is filled in part is brought to its end at the next prices")]
    public void LastLegInParts()
    {
        var run = LastLeg();
        run.Venue.Answers = _ => new Answer(0.6m, 1);
        CompressionStage.UpSwing(run);
        Assert.Equal((CompressionMode.Active, (0.4m, 0m)), (run.State.Mode, run.Legs));
        run.At(4_950m);
        Assert.Equal((CompressionMode.Active, (0.16m, 0m)), (run.State.Mode, run.Legs));
        run.Venue.Answers = _ => Answer.Full;
        run.At(4_950m);
        Assert.Equal((CompressionMode.Terminated, (0m, 0m)), (run.State.Mode, run.Legs));
    }

    [Fact(DisplayName = "Of two legs that are to be closed the one that was not is closed at the next price: it has no counterpart any more")]
    public void OneOfTwo()
    {
        var run = CompressionStage.Locked(CompressionStage.Settings with { Epsilon = 200m });
        run.Venue.Answers = order => run.State.Pending is { Kind: CompressionDecision.Closing } && order.Leg == PositionSide.Long ? Answer.Refusal : Answer.Full;
        CompressionStage.FirstDownSwing(run);
        while (!run.All<CompressionEvent.Reduced>().Any(e => e.Closing)) _ = run.State.Swings % 2 == 0 ? CompressionStage.DownSwing(run) : CompressionStage.UpSwing(run);
        Assert.Equal((CompressionMode.Active, (0.03m, 0m)), (run.State.Mode, run.Legs));
        run.At(4_950m);
        Assert.Equal((CompressionMode.Terminated, (0m, 0m)), (run.State.Mode, run.Legs));
    }

    [Fact(DisplayName = "A rest below epsilon that the venue takes nothing of is dust, and the strategy ends")]
    public void Dust()
    {
        var run = LastLeg(epsilon: 200m);
        run.Venue.Answers = _ => new Answer(0.96m, 1);
        CompressionStage.UpSwing(run);
        Assert.Equal((CompressionMode.Active, (0.04m, 0m)), (run.State.Mode, run.Legs)); // It took some of it, and may take more.
        run.Venue.Answers = _ => Answer.Refusal;
        run.At(4_950m);
        Assert.Equal((CompressionMode.Terminated, 0.04m), (run.State.Mode, run.All<CompressionEvent.Terminated>().Single().Dust.Long.Base));
    }

    [Fact(DisplayName = "Asked to exit it goes on for a small rest too, however often the venue takes nothing")]
    public void NoDustForWhoAsked()
    {
        var run = LastLeg(epsilon: 200m);
        run.Venue.Answers = _ => new Answer(0.96m, 1);
        CompressionStage.UpSwing(run);
        run.Venue.Answers = _ => Answer.Refusal;
        run.Send(new CompressionInput.RequestExit("ada", 1, run.Now));
        run.At(4_950m, 4_951m);
        Assert.Equal((CompressionMode.Active, (0.04m, 0m)), (run.State.Mode, run.Legs));
    }

    [Fact(DisplayName = "A trim while the last leg is being closed does not make it dust")]
    public void TrimmedRest()
    {
        var run = LastLeg();
        run.Venue.Answers = _ => Answer.Refusal;
        CompressionStage.UpSwing(run);
        run.Send(new CompressionInput.Trim(new TrimWish("balancer", 1, new Quantity(0.5m), default, run.Now.AddHours(1)), Price.Of(4_950m), ExitsAllowed: true, run.Now));
        Assert.Equal((CompressionMode.Active, (1m, 0m)), (run.State.Mode, run.Legs));
        run.Venue.Answers = _ => Answer.Full;
        run.At(4_950m);
        Assert.Equal((CompressionMode.Terminated, (0m, 0m)), (run.State.Mode, run.Legs));
    }

    [Fact(DisplayName = "Asked to exit it closes both legs at the next price, again until they are gone, and ends")]
    public void Exit()
    {
        var run = CompressionStage.Locked();
        run.Venue.Answers = order => order.Leg == PositionSide.Long ? Answer.Refusal : Answer.Full;
        Assert.IsType<CompressionEvent.ExitRequested>(Assert.Single(run.Send(new CompressionInput.RequestExit("ada", 1, run.Now)).Events));
        Assert.Empty(run.Send(new CompressionInput.RequestExit("ada", 1, run.Now)).Events);
        Assert.Equal(CompressionExits.Manual, Assert.IsType<CompressionEvent.Unwound>(Assert.Single(run.At(4_700m))).Causes); // Outside the gap too.
        Assert.Equal((0.08m, 0m), run.Legs);
        run.Venue.Answers = _ => Answer.Full;
        run.At(4_700m);
        Assert.Equal((CompressionMode.Terminated, (0m, 0m)), (run.State.Mode, run.Legs));
        Assert.Equal("compression.not-active", run.Send(new CompressionInput.RequestExit("ada", 1, run.Now)).Refusal?.Code);
        Assert.Equal("compression.other-incarnation", run.Send(new CompressionInput.RequestExit("ada", 2, run.Now)).Refusal?.Code);
    }

    [Fact(DisplayName = "A liquidation is an alarm: no entry follows, and what is left is closed at the next price")]
    public void Liquidated()
    {
        var run = CompressionStage.Locked();
        run.Liquidate(PositionSide.Short, 4_980m, 0.10m);
        Assert.Equal(0.10m, run.All<CompressionEvent.ExternalFillBooked>().Single().Applied.Base);
        Assert.Equal(CompressionExits.External, Assert.IsType<CompressionEvent.Unwound>(Assert.Single(run.At(4_985m))).Causes);
        Assert.Equal(CompressionMode.Terminated, run.State.Mode);
        Assert.Equal(run.Venue.Book.EquityChangeAt(Price.Of(1m)), run.State.Result.Sum);
    }
}

public sealed class CompressionHandOverStories
{
    [Theory(DisplayName = "Legs without a gap to work in are refused with the numbers")]
    [InlineData(8, 4_900, 10, 5_000, "compression.no-gap")]
    [InlineData(0, 0, 10, 4_900, "compression.no-gap")]
    [InlineData(8, 4_910, 10, 4_900, "compression.gap-too-narrow")]
    public void NoGap(int longLots, int longPrice, int shortLots, int shortPrice, string code)
    {
        var (longQuantity, shortQuantity) = (longLots * 0.01m, shortLots * 0.01m);
        var run = CompressionStage.Idle();
        var legs = new HandOver(
            new(new(longQuantity), new(longQuantity * longPrice)), new(new(shortQuantity), new(shortQuantity * shortPrice)), 1, 2);
        var decision = run.Send(new CompressionInput.Adopt("ada", 1, legs, Price.Of(4_950m), run.Now));
        Assert.Equal((code, 0), (decision.Refusal?.Code, decision.Events.Length));
    }

    [Fact(DisplayName = "Legs that no market gives are refused")]
    public void Absurd()
    {
        var run = CompressionStage.Idle();
        foreach (var (quantity, cost) in new[] { (-1m, 5_000m), (1m, 0m), (0m, 5m), (1m, -5m), (decimal.MaxValue, decimal.MaxValue), (1e-28m, 1e9m) })
        {
            var legs = new HandOver(new(new(quantity), new(cost)), new(new(0.1m), new(490m)), 1, 2);
            Assert.Equal("compression.absurd-legs", run.Send(new CompressionInput.Adopt("ada", 1, legs, Price.Of(4_950m), run.Now)).Refusal?.Code);
        }
    }

    [Fact(DisplayName = "A take-over trades nothing; a second copy changes nothing, and another incarnation is refused while this one runs")]
    public void Adopts()
    {
        var run = CompressionStage.Idle();
        var legs = run.Venue.Open(0.08m, 5_000m, 0.10m, 4_900m);
        var adopt = new CompressionInput.Adopt("ada", 1, legs, Price.Of(4_950m), run.Now);
        Assert.Null(Assert.Single(run.Send(adopt).Events).Orders);
        Assert.Equal((1L, 2L), (run.State.Long.LastTradeId, run.State.Short.LastTradeId));
        Assert.Equal(Decision<CompressionEvent>.Nothing, run.Send(adopt));
        Assert.Equal("compression.cannot-adopt", run.Send(adopt with { Incarnation = 2 }).Refusal?.Code);
    }

    [Fact(DisplayName = "A fill that the giver has taken is not taken again by the heir")]
    public void OldFill()
    {
        var run = CompressionStage.Locked();
        CompressionStage.FirstDownSwing(run);
        var old = run.Venue.FillOf("old", PositionSide.Short, OrderSide.Buy, 4_900m, 0.01m, run.Now) with { TradeId = 2 };
        Assert.Equal(Decision<CompressionEvent>.Nothing, run.Send(new CompressionInput.OrderFilled(1, old)));
    }

    [Fact(DisplayName = "Released, it gives up exactly what it holds, trades nothing, and manages nothing any more")]
    public void Releases()
    {
        var run = CompressionStage.Locked();
        CompressionStage.FirstDownSwing(run);
        var released = Assert.IsType<CompressionEvent.Released>(Assert.Single(run.Send(new CompressionInput.Release("hermes", 1, run.Now)).Events));
        Assert.Equal((0.09m, 0.10m), (released.Legs.Long.Quantity.Base, released.Legs.Short.Quantity.Base));
        Assert.Equal(run.Venue.Book.Long.Position, released.Legs.Long);
        Assert.Equal((run.Venue.Book.Long.LastTradeId, run.Venue.Book.Short.LastTradeId), (released.Legs.LongTradeId, released.Legs.ShortTradeId));
        Assert.Equal((CompressionMode.Idle, (0m, 0m)), (run.State.Mode, run.Legs));
        Assert.Empty(CompressionStage.UpSwing(run));
        Assert.Equal("compression.nothing-to-release", run.Send(new CompressionInput.Release("hermes", 1, run.Now)).Refusal?.Code);
        // And back, into the next incarnation.
        run.Send(new CompressionInput.Adopt("hermes", 2, released.Legs, Price.Of(4_950m), run.Now));
        Assert.Equal((CompressionMode.Active, 2, (0.09m, 0.10m)), (run.State.Mode, run.State.Incarnation, run.Legs));
    }

    // The seed's structure, a hundred times as large, half way down.
    private static CompressionRun HalfWay()
    {
        var run = CompressionStage.Locked(CompressionStage.Settings with { Capital = 100_000m, PositionCap = 100_000m }, longQuantity: 8m, shortQuantity: 10m);
        CompressionStage.FirstDownSwing(run);
        CompressionStage.UpSwing(run);
        for (var i = 0; i < 5; i++) _ = i % 2 == 0 ? CompressionStage.DownSwing(run) : CompressionStage.UpSwing(run);
        Assert.Equal((5m, 4m), run.Legs);
        return run;
    }

    private static CompressionEvent.Adopted TakenBack(CompressionRun run, HandOver legs) => Assert.IsType<CompressionEvent.Adopted>(Assert.Single(
        run.Send(new CompressionInput.Adopt("hermes", run.State.Incarnation + 1, legs, Price.Of(4_950m), run.Now)).Events));

    [Fact(DisplayName = "Locked legs that come back untouched are the same structure: it has its lock, its residual and its numbers, and goes on to nothing without an entry")]
    public void ComesBack()
    {
        var run = HalfWay();
        var before = run.State;
        run.Send(new CompressionInput.Release("hermes", 1, run.Now));
        var released = run.All<CompressionEvent.Released>().Single().Legs;
        // Whoever had them meanwhile has heard of a newer trade that was not theirs.
        var stranger = run.Venue.FillOf("stranger", PositionSide.Long, OrderSide.Buy, 4_950m, 1m, run.Now);
        var back = TakenBack(run, released with { LongTradeId = stranger.TradeId });
        Assert.Equal((true, before.Residual), (back.GoesOn, back.Residual));
        Assert.Equal((true, before.Residual, before.Result, before.Swings), (run.State.Locked, run.State.Residual, run.State.Result, run.State.Swings));
        Assert.Null(run.State.GivenUp);
        for (var i = 0; i < 12 && run.State.Mode == CompressionMode.Active; i++)
        {
            CompressionStage.UpSwing(run);
            CompressionStage.DownSwing(run);
        }
        Assert.Equal((CompressionMode.Terminated, (0m, 0m)), (run.State.Mode, run.Legs));
        Assert.Single(run.All<CompressionEvent.ToppedUp>());
        Assert.Equal(run.Venue.Book.EquityChangeAt(Price.Of(1m)), run.State.Result.Sum);
        Assert.Equal(run.State, run.Events.Aggregate(CompressionState.Initial, CompressionDecider.Evolve));
    }

    [Theory(DisplayName = "Legs that somebody has traded meanwhile are another structure, and begin anew")]
    [InlineData(50, 0)] // Some of the longs were sold.
    [InlineData(0, 3)] // They are as many, and cost more.
    public void ComesBackChanged(int soldLots, int dearer)
    {
        var run = HalfWay();
        run.Send(new CompressionInput.Release("hermes", 1, run.Now));
        var released = run.All<CompressionEvent.Released>().Single().Legs;
        var back = TakenBack(run, released with
        {
            Long = new LegPosition(released.Long.Quantity - new Quantity(soldLots * 0.01m), released.Long.Cost + new Money(dearer - soldLots * 49.90m)),
        });
        Assert.False(back.GoesOn);
        Assert.Equal((false, run.Policy.ResidualOf(run.Instrument, run.State.Legs), default(CompressionResult), 0), (run.State.Locked, run.State.Residual, run.State.Result, run.State.Swings));
    }

    [Fact(DisplayName = "Legs that were given up before the lock begin anew: there is nothing to go on with")]
    public void ComesBackUnlocked()
    {
        var run = CompressionStage.Locked();
        run.Send(new CompressionInput.Release("hermes", 1, run.Now));
        Assert.Null(run.State.GivenUp);
        Assert.False(TakenBack(run, run.All<CompressionEvent.Released>().Single().Legs).GoesOn);
        CompressionStage.FirstDownSwing(run);
        Assert.Equal((0.09m, 0.10m), run.Legs);
    }

    [Fact(DisplayName = "A take-over that was stored before legs could be known again folds as it did: it began anew")]
    public void OldTakeOver()
    {
        var run = HalfWay();
        run.Send(new CompressionInput.Release("hermes", 1, run.Now));
        var released = run.All<CompressionEvent.Released>().Single().Legs;
        var folded = CompressionDecider.Evolve(run.State, new CompressionEvent.Adopted(2, "hermes", released, new Quantity(0.5m), Price.Of(4_950m), run.Now));
        Assert.Equal((false, new Quantity(0.5m), default(CompressionResult)), (folded.Locked, folded.Residual, folded.Result));
    }

    [Fact(DisplayName = "While orders are open a release is refused, remembered, and done when they are final")]
    public void ReleaseWaits()
    {
        var run = CompressionStage.Locked();
        run.HoldOrders = true;
        var topUp = Assert.IsType<CompressionEvent.ToppedUp>(CompressionStage.FirstDownSwing(run)[0]);
        var asked = run.Send(new CompressionInput.Release("hermes", 1, run.Now));
        Assert.Equal("compression.decision-under-way", asked.Refusal?.Code);
        Assert.IsType<CompressionEvent.ReleaseWanted>(Assert.Single(asked.Events));
        Assert.Empty(run.Send(new CompressionInput.Release("hermes", 1, run.Now)).Events);
        run.HoldOrders = false;
        run.Execute(topUp.Targets);
        var released = Assert.IsType<CompressionEvent.Released>(run.Events[^1]);
        Assert.Equal(("hermes", 0.09m), (released.By, released.Legs.Long.Quantity.Base));
        Assert.Null(run.State.ReleaseWantedBy);
    }

    [Fact(DisplayName = "A crash between the last fill and the release loses nothing: the next look releases")]
    public void ReleaseAfterACrash()
    {
        var run = CompressionStage.Locked();
        run.HoldOrders = true;
        var topUp = Assert.IsType<CompressionEvent.ToppedUp>(CompressionStage.FirstDownSwing(run)[0]);
        run.Send(new CompressionInput.Release("hermes", 1, run.Now));
        run.HoldOrders = false;
        run.Execute(topUp.Targets);
        var before = run.Events.TakeWhile(e => e is not CompressionEvent.Released).Aggregate(CompressionState.Initial, CompressionDecider.Evolve);
        Assert.Null(before.Pending);
        var look = new CompressionMarket(Price.Of(4_950m), run.Now.AddMinutes(1), run.Monitor, default, RegimeGate.Shut, 0m);
        Assert.IsType<CompressionEvent.Released>(Assert.Single(CompressionDecider.Decide(run.Policy, run.Instrument, before, look).Events));
    }
}
