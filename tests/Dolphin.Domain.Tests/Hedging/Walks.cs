using Dolphin.Domain.Hedging;
using Dolphin.Domain.Market;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Domain.Tests.Hedging;

/// <summary>A stretch of market, and how venue and survival controller behave during it.</summary>
/// <param name="Seed">Of the moves inside the stretch.</param>
internal sealed record Stretch(MarketKind Market, VenueKind Venue, RiskKind Risk, int Bars, int Seed);

internal enum MarketKind { Lively, Quiet, Dead, Rising, Falling, Jumpy, Gappy }
internal enum VenueKind { Perfect, PartialFills, Refusing, Expensive }
internal enum RiskKind { Nominal, Compressed, ExitsOnly, NothingAllowed, OperatorExits, OperatorStarts, Liquidates, HandsOver }

/// <summary>Random histories in stretches, so that every mode and every event is reached often and not by luck.</summary>
internal static class Walks
{
    /// <summary>Short horizons: a stretch of some dozen minutes is enough to kill a market or to bring it back.</summary>
    public static readonly HedgeSettings Quick = new()
    {
        SigmaHorizon = TimeSpan.FromMinutes(10), WarmUpBars = 3, ExitChecks = 4, RestartCoolDown = TimeSpan.FromMinutes(5),
        OpeningRetry = TimeSpan.FromMinutes(3), RestartAfter = ExitCauses.Friction | ExitCauses.Capital,
    };

    private static Gen<HedgeSettings> SettingsOf =>
        from alpha in Gen.Elements(0m, 0.3m, 0.5m, 1m)
        from beta in Gen.Elements(1m, 1m, 0.7m)
        from k in Gen.Elements(6m, 8m, 10m)
        from delta in Gen.Elements(0.5m, 1m)
        from eta in Gen.Elements(0.2m, 0.4m)
        from reopen in Gen.Elements<decimal?>(0.1m, 0.1m, null)
        select Quick with { Alpha = alpha, Beta = beta, K = k, Delta = delta, Eta = eta, ReopenBelow = reopen };

    private static Gen<Stretch> StretchOf(VenueKind[] venues, RiskKind[] risks) =>
        from market in Gen.Elements(Enum.GetValues<MarketKind>())
        from venue in Gen.Elements(venues)
        from risk in Gen.Elements(risks)
        from bars in Gen.Choose(3, 40)
        from seed in Gen.Choose(1, int.MaxValue - 1)
        select new Stretch(market, venue, risk, bars, seed);

    /// <summary>Everything that can go wrong, does.</summary>
    public static Arbitrary<(HedgeSettings Settings, Stretch[] Stretches)> Wild => Of(
        [VenueKind.Perfect, VenueKind.Perfect, VenueKind.PartialFills, VenueKind.Refusing, VenueKind.Expensive],
        [RiskKind.Nominal, RiskKind.Nominal, .. Enum.GetValues<RiskKind>()]);

    /// <summary>Any market, but a venue that fills and a controller that allows exits.</summary>
    public static Arbitrary<(HedgeSettings Settings, Stretch[] Stretches)> Orderly => Of(
        [VenueKind.Perfect], [RiskKind.Nominal, RiskKind.Nominal, RiskKind.Compressed, RiskKind.ExitsOnly, RiskKind.OperatorExits, RiskKind.OperatorStarts]);

    private static Arbitrary<(HedgeSettings, Stretch[])> Of(VenueKind[] venues, RiskKind[] risks) =>
        (from settings in SettingsOf
         from count in Gen.Choose(1, 16)
         from stretches in StretchOf(venues, risks).ArrayOf(count)
         select (settings, stretches)).ToArbitrary();

    public static HedgeRun Begin(HedgeSettings settings) => new(HedgeRun.PolicyOf(settings), HedgeStage.Sol);

    /// <summary>Plays the stretches. The walk ends where the price would leave 0.05 to 100000.</summary>
    /// <param name="beforeBar">Called with the price of each bar, half a minute before it closes.</param>
    public static HedgeRun Play(this HedgeRun run, Stretch[] stretches, Action<HedgeRun, Price, DateTimeOffset>? beforeBar = null)
    {
        var (time, price) = (0L, 100m);
        run.Send(new HedgeInput.Start("ada", 1, DateTimeOffset.UnixEpoch));
        foreach (var stretch in stretches)
        {
            var chance = new Lcg((uint)stretch.Seed);
            Arrange(run, stretch, chance, time);
            for (var i = 0; i < stretch.Bars; i++)
            {
                time += 60_000 * (stretch.Market == MarketKind.Gappy ? 1 + chance.Next(500) : 1);
                price = decimal.Round(price * (1m + Move(stretch.Market, chance)), 2);
                if (price is < 0.05m or > 100_000m) return run;
                beforeBar?.Invoke(run, Price.Of(price), DateTimeOffset.FromUnixTimeMilliseconds(time + 30_000));
                run.Bar(time, Price.Of(price));
            }
            if (stretch.Risk == RiskKind.HandsOver) HandOver(run, Price.Of(price), DateTimeOffset.FromUnixTimeMilliseconds(time + 70_000));
        }
        return run;
    }

    // What was decided in the stretch has waited for its orders; the legs are wanted first, then the venue answers, then they are given back.
    private static void HandOver(HedgeRun run, Price price, DateTimeOffset at)
    {
        run.Send(new HedgeInput.Release("hermes", run.State.Incarnation, at));
        run.HoldOrders = false;
        if (run.State.Pending is { } pending) run.Execute(pending.Targets, price, at);
        if (run.Events.LastOrDefault() is HedgeEvent.Released released)
            run.Send(new HedgeInput.Adopt("hermes", run.State.Incarnation + 1, released.Legs, price, at));
    }

    private static void Arrange(HedgeRun run, Stretch stretch, Lcg chance, long time)
    {
        var at = DateTimeOffset.FromUnixTimeMilliseconds(time + 30_000);
        run.FeeRate = stretch.Venue == VenueKind.Expensive ? 0.02m : 0.0005m;
        run.Answers = stretch.Venue switch
        {
            VenueKind.PartialFills => _ => new Answer(chance.Next(101) / 100m, 1 + chance.Next(3)),
            VenueKind.Refusing => _ => chance.Next(2) == 0 ? Answer.Refusal : Answer.Full,
            _ => _ => Answer.Full,
        };
        run.Risk = new HedgeRisk(
            stretch.Risk == RiskKind.Compressed ? chance.Next(100) / 100d : 1d, stretch.Risk != RiskKind.ExitsOnly,
            stretch.Risk != RiskKind.NothingAllowed, new Money(chance.Next(20) == 0 ? 3m : 1_000m), Leverage: 3m, run.FeeRate);
        switch (stretch.Risk)
        {
            case RiskKind.HandsOver:
                run.HoldOrders = true;
                break;
            case RiskKind.OperatorExits:
                run.Send(new HedgeInput.RequestExit("ada", run.State.Incarnation, at));
                break;
            case RiskKind.OperatorStarts:
                run.Send(new HedgeInput.Start("ada", run.State.Incarnation + 1, at));
                break;
            case RiskKind.Liquidates:
                var leg = chance.Next(2) == 0 ? PositionSide.Long : PositionSide.Short;
                var quantity = Math.Max(0.001m, run.State[leg].Quantity.Base);
                var fill = run.FillOf(leg, leg.Reducing(), 100m, quantity, at);
                run.BookOutside(fill);
                run.Send(new HedgeInput.ExternalFill(fill));
                break;
        }
    }

    private static decimal Move(MarketKind market, Lcg chance) => market switch
    {
        MarketKind.Lively => (chance.Next(161) - 80) / 10_000m,
        MarketKind.Quiet => (chance.Next(5) - 2) / 10_000m,
        MarketKind.Dead => 0m,
        MarketKind.Rising => chance.Next(120) / 10_000m,
        MarketKind.Falling => -chance.Next(120) / 10_000m,
        MarketKind.Jumpy => chance.Next(8) == 0 ? (chance.Next(801) - 400) / 1_000m : (chance.Next(41) - 20) / 10_000m,
        _ => (chance.Next(401) - 200) / 10_000m,
    };
}

/// <summary>A sequence that is the same everywhere, for the moves inside a stretch.</summary>
internal sealed class Lcg(uint seed)
{
    private ulong _state = seed;
    public int Next(int below)
    {
        _state = _state * 6364136223846793005UL + 1442695040888963407UL;
        return (int)((_state >> 33) % (ulong)below);
    }
}
