using Dolphin.Domain.Alpha;
using Dolphin.Domain.Market;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Domain.Tests.Alpha;

public sealed class TradeHoldStories
{
    private static readonly TradeHoldSettings Defaults = new();
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);

    private static TradeHoldPolicy PolicyOf(TradeHoldSettings settings)
    {
        var errors = new List<string>();
        var policy = TradeHoldPolicy.Create(settings, "dolphin.alpha.hold", errors);
        Assert.Empty(errors);
        return policy!;
    }

    private static HoldBar Bar(int minute, double imbalance, double quality = 1) => new(Start.AddMinutes(minute), imbalance, quality);

    /// <summary>A bar a minute until the trade is ejected, with the book that <paramref name="imbalance"/> gives for the minute.</summary>
    private static HoldDecision Held(PositionSide side, Func<int, double> imbalance, double quality = 1)
    {
        var policy = PolicyOf(Defaults);
        var decision = new HoldDecision(HoldVerdict.Hold, 0, 0, TradeHoldState.Opened(side, Start));
        for (var minute = 1; decision.Verdict == HoldVerdict.Hold; minute++) decision = TradeHold.After(policy, decision.State, Bar(minute, imbalance(minute), quality));
        return decision;
    }

    private static (HoldVerdict, long) Ended(HoldDecision decision) => (decision.Verdict, decision.Bars);

    [Fact(DisplayName = "An even book holds 120 bars, one against the position 61 (the average never quite ends), one for it 180")]
    public void Accordion()
    {
        Assert.Equal((HoldVerdict.EjectDue, 120L), Ended(Held(PositionSide.Long, _ => 0)));
        Assert.Equal((HoldVerdict.EjectContradicted, 61L), Ended(Held(PositionSide.Long, _ => -0.5)));
        Assert.Equal((HoldVerdict.EjectExtended, 180L), Ended(Held(PositionSide.Long, _ => 0.5)));
    }

    [Fact(DisplayName = "What is against a long is for a short")]
    public void Mirrored()
    {
        Assert.Equal(Ended(Held(PositionSide.Long, _ => -0.5)), Ended(Held(PositionSide.Short, _ => 0.5)));
        Assert.Equal(Ended(Held(PositionSide.Long, m => m % 7 / 10.0)), Ended(Held(PositionSide.Short, m => -(m % 7) / 10.0)));
    }

    [Fact(DisplayName = "A book that turns against the position at bar 90 ejects within the next bars; one wild bar does not")]
    public void Turns()
    {
        var (verdict, bars) = Ended(Held(PositionSide.Long, m => m < 90 ? 0.5 : -0.5));
        Assert.Equal(HoldVerdict.EjectContradicted, verdict);
        Assert.InRange(bars, 95, 105);
        Assert.Equal((HoldVerdict.EjectDue, 120L), Ended(Held(PositionSide.Long, m => m == 70 ? -1 : 0)));
    }

    [Fact(DisplayName = "A favourable book that is thin extends nothing, and a contradictory one ejects however thin it is")]
    public void Thin()
    {
        Assert.Equal((HoldVerdict.EjectDue, 120L), Ended(Held(PositionSide.Long, _ => 0.9, quality: 0)));
        Assert.Equal((HoldVerdict.EjectDue, 120L), Ended(Held(PositionSide.Long, _ => 0.9, quality: double.NaN)));
        Assert.Equal((HoldVerdict.EjectContradicted, 61L), Ended(Held(PositionSide.Long, _ => -0.9, quality: 0)));
    }

    [Fact(DisplayName = "When the book goes silent a favourable one is forgotten within some bars, and a contradictory one is not")]
    public void Silent()
    {
        var (verdict, bars) = Ended(Held(PositionSide.Long, m => m < 100 ? 0.5 : double.NaN));
        Assert.InRange(bars, 120, 125);
        Assert.NotEqual(HoldVerdict.EjectContradicted, verdict);
        Assert.Equal((HoldVerdict.EjectContradicted, 61L), Ended(Held(PositionSide.Long, m => m < 50 ? -0.5 : double.NaN)));
    }

    [Fact(DisplayName = "Bars that nobody heard were held all the same, and a bar that comes twice or late changes nothing")]
    public void Gaps()
    {
        var policy = PolicyOf(Defaults);
        var opened = TradeHoldState.Opened(PositionSide.Long, Start);
        Assert.Equal((HoldVerdict.EjectDue, 150L), Ended(TradeHold.After(policy, opened, Bar(150, 0))));
        var once = TradeHold.After(policy, opened, Bar(10, 0.5));
        Assert.Equal(once, TradeHold.After(policy, once.State, Bar(10, 0.5)));
        Assert.Equal(once, TradeHold.After(policy, once.State, Bar(9, -1)));
    }

    private static readonly Gen<(int Step, double Imbalance, double Quality)[]> Books =
        (from step in Gen.Frequency((8, Gen.Constant(1)), (1, Gen.Choose(0, 30)))
         from imbalance in Gen.Frequency((1, Gen.Constant(double.NaN)), (6, Gen.Choose(-10, 10).Select(i => i / 10.0)))
         from quality in Gen.Frequency((1, Gen.Constant(double.NaN)), (4, Gen.Choose(0, 4).Select(i => i / 4.0)))
         select (step, imbalance, quality)).ArrayOf();

    [Fact(DisplayName = "Whatever the book says a trade lasts 60 bars, none goes on at 180, and a better book never ends it sooner")]
    public void Bounds() => Prop.ForAll(Books.ToArbitrary(), Gen.Elements(PositionSide.Long, PositionSide.Short).ToArbitrary(), (books, side) =>
    {
        var policy = PolicyOf(Defaults);
        var (state, better, minute) = (TradeHoldState.Opened(side, Start), TradeHoldState.Opened(side, Start), 0);
        return books.All(b =>
        {
            minute += b.Step;
            var decision = TradeHold.After(policy, state, Bar(minute, b.Imbalance, b.Quality));
            var favoured = TradeHold.After(policy, better, Bar(minute, b.Imbalance + 0.2 * side.Sign(), b.Quality + 0.1));
            (state, better) = (decision.State, favoured.State);
            return decision.Limit is >= 60 and <= 180 && Math.Abs(state.Favour) <= 1
                && (decision.Bars >= 60 || decision.Verdict == HoldVerdict.Hold)
                && (decision.Bars < 180 || decision.Verdict != HoldVerdict.Hold)
                && favoured.Limit >= decision.Limit - 1e-9;
        });
    }).QuickCheckThrowOnFailure();

    [Fact(DisplayName = "The books reach every verdict")]
    public void Reach() => Assert.Equal(
        Enum.GetValues<HoldVerdict>().Where(v => v != HoldVerdict.Hold),
        new[] { 0, -0.5, 0.5 }.Select(i => Held(PositionSide.Long, _ => i).Verdict).Order());

    [Fact(DisplayName = "Every mistake in the settings is told at once, with its key")]
    public void Settings()
    {
        var errors = new List<string>();
        Assert.Null(TradeHoldPolicy.Create(
            new TradeHoldSettings { Bar = TimeSpan.Zero, Contradictory = 130, Favourable = 100, ImbalanceDeadband = 0.6, HalfLife = double.NaN }, "dolphin.alpha.hold", errors));
        foreach (var key in new[] { "bar", "contradictory", "favourable", "imbalance-deadband", "half-life" })
            Assert.Contains(errors, e => e.StartsWith($"dolphin.alpha.hold.{key} is ", StringComparison.Ordinal));
    }
}
