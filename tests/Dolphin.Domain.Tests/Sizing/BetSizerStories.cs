using System.Collections.Immutable;
using Dolphin.Domain.Market;
using Dolphin.Domain.Sizing;
using Dolphin.Domain.Survival;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Domain.Tests.Sizing;

public sealed class BetSizerStories
{
    private static readonly ImmutableArray<LeverageBracket> Brackets =
    [
        new(new Money(50_000m), 20m, 0.01m, Money.Zero), new(new Money(250_000m), 5m, 0.025m, new Money(750m)),
        new(new Money(1_000_000m), 1m, 0.05m, new Money(7_000m)),
    ];

    private static RiskView View(double rTotal, Posture posture = Posture.Apex) =>
        new(rTotal, posture, SurvivalCaps(posture), InvariantFailed: false, 1, 1);

    private static decimal SurvivalCaps(Posture posture) => posture switch
    {
        Posture.Apex => 6m,
        Posture.Stalker => 2m,
        Posture.Turtle => 1m,
        _ => 0m,
    };

    private static BetRequest Ask(
        decimal capital = 10_000m, decimal fraction = 0.1m, decimal leverage = 3m, decimal? envelope = null, decimal held = 0m) =>
        new(new Money(capital), fraction, leverage, envelope, Brackets, new Money(held));

    [Fact(DisplayName = "Nominal: capital x fraction x leverage, to the last digit")]
    public void Nominal()
    {
        var bet = BetSizer.Size(Ask(), View(1.0));
        Assert.Equal((new Money(3_000m), 3m, BetBound.Configured), (bet.Notional, bet.Leverage, bet.Bound));
        Assert.Null(bet.Refusal);
    }

    [Fact(DisplayName = "R_total scales the bet and never rounds it up")]
    public void Scaled()
    {
        Assert.Equal(new Money(1_500m), BetSizer.Size(Ask(), View(0.5)).Notional);
        Assert.Equal(new Money(2_999.99999999m), BetSizer.Size(Ask(), View(Math.BitDecrement(1.0))).Notional);
    }

    [Fact(DisplayName = "The smallest of plan, posture, envelope and bracket sets the leverage, and the answer says which")]
    public void Caps()
    {
        Assert.Equal((6m, BetBound.Posture), Bound(Ask(capital: 5_000m, leverage: 10m), View(1)));
        Assert.Equal((2m, BetBound.Posture), Bound(Ask(), View(0.8, Posture.Stalker)));
        Assert.Equal((0.5m, BetBound.Envelope), Bound(Ask(envelope: 0.5m), View(1)));
        Assert.Equal((5m, BetBound.Bracket), Bound(Ask(capital: 400_000m, fraction: 0.1m, leverage: 6m), View(1)));

        static (decimal, BetBound) Bound(BetRequest request, RiskView view) =>
            (BetSizer.Size(request, view).Leverage, BetSizer.Size(request, view).Bound);
    }

    [Fact(DisplayName = "Where the venue's leverage steps down, more capital still never gives a smaller bet")]
    public void No_step_back()
    {
        var small = BetSizer.Size(Ask(capital: 83_000m, fraction: 1m, leverage: 3m), View(1));
        var large = BetSizer.Size(Ask(capital: 90_000m, fraction: 1m, leverage: 3m), View(1));
        Assert.Equal((new Money(249_000m), BetBound.Configured), (small.Notional, small.Bound));
        Assert.Equal((new Money(250_000m), BetBound.BracketNotional), (large.Notional, large.Bound));
    }

    [Fact(DisplayName = "What is held already counts against the bracket, and the last bracket's notional is never passed")]
    public void Held()
    {
        Assert.Equal((new Money(55_000m), BetBound.Bracket), Sized(Ask(capital: 110_000m, leverage: 6m)));
        Assert.Equal((new Money(40_000m), BetBound.BracketNotional), Sized(Ask(capital: 50_000m, fraction: 1m, leverage: 2m, held: 960_000m)));
        Assert.Equal((new Money(400_000m), BetBound.BracketNotional), Sized(Ask(capital: 10_000_000m, fraction: 1m, held: 600_000m)));
        Assert.Equal((Money.Zero, BetBound.BracketNotional), Sized(Ask(held: 2_000_000m)));

        static (Money, BetBound) Sized(BetRequest request)
        {
            var bet = BetSizer.Size(request, View(1));
            return (bet.Notional, bet.Bound);
        }
    }

    [Fact(DisplayName = "TURTLE and HIBERNATE open nothing, and say so with posture and R_total")]
    public void Refused()
    {
        foreach (var posture in (Posture[])[Posture.Turtle, Posture.Hibernate])
        {
            var bet = BetSizer.Size(Ask(), View(0.4, posture));
            Assert.Equal((Money.Zero, BetBound.EntriesRefused, "sizing.entries-refused"), (bet.Notional, bet.Bound, bet.Refusal?.Code));
            Assert.Contains(posture.ToString().ToUpperInvariant(), bet.Refusal!.Reason, StringComparison.Ordinal);
        }
        Assert.Equal(Money.Zero, BetSizer.Size(Ask(), default).Notional);
    }

    [Fact(DisplayName = "Amounts that cannot be are a caller's bug")]
    public void Bugs()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => BetSizer.Size(Ask(capital: -1m), View(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => BetSizer.Size(Ask(fraction: 1.01m), View(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => BetSizer.Size(Ask(leverage: -1m), View(1)));
    }

    [Fact(DisplayName = "No bet is above capital x fraction x leverage x R_total, negative, over its bracket, or larger for a lower R_total")]
    public void Bounds()
    {
        var cases =
            from capital in Gen.Choose(0, 3_000_000)
            from fraction in Gen.Choose(0, 1000)
            from leverage in Gen.Choose(0, 25)
            from r in Gen.Choose(0, 1_000_000)
            from lower in Gen.Choose(0, 1_000_000)
            from posture in Gen.Elements(Posture.Hibernate, Posture.Turtle, Posture.Stalker, Posture.Apex)
            select (request: Ask(capital, fraction / 1000m, leverage), r: r / 1e6 / 1.0000001, lower: Math.Min(r, lower) / 1e6 / 1.0000001, posture);
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var bet = BetSizer.Size(c.request, View(c.r, c.posture));
            var exact = (double)c.request.Capital.Quote * (double)c.request.Fraction * (double)bet.Leverage * c.r;
            var smaller = BetSizer.Size(c.request, View(c.lower, c.posture));
            return bet.Notional.Quote >= 0m && (double)bet.Notional.Quote <= exact * (1 + 1e-15)
                && bet.Notional.Quote <= Brackets[^1].NotionalCap.Quote && bet.Leverage <= SurvivalCaps(c.posture)
                && smaller.Notional <= bet.Notional;
        }).QuickCheckThrowOnFailure();
    }
}
