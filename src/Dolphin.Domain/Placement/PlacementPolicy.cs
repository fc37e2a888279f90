using System.Collections.Immutable;
using Dolphin.Domain.OrderBooks;

namespace Dolphin.Domain.Placement;

/// <summary>How an order is worked: it rests first, and takes only what is left, where it may.</summary>
/// <param name="Rungs">1 to 10 resting orders at a time, the first at the best price of the own side, each further behind by <paramref name="RungSpacing"/>.</param>
/// <param name="RungSpacing">0 to 100 bp, at least a tick.</param>
/// <param name="RepriceBeyond">0 to 100 bp: an order that is so much farther behind the best than the last rung would be is withdrawn and placed anew.</param>
/// <param name="RepriceAfter">10 ms to 1 h: but not sooner than this after it was placed, and not where the queue ahead would be through within it. A new place is the end of a queue.</param>
/// <param name="Timeout">100 ms to 1 day: what has not filled by then is taken, or left.</param>
/// <param name="MakerFee">-100 to 100 bp of notional; below zero is a rebate.</param>
/// <param name="TakerFee">0 to 100 bp of notional.</param>
public sealed record PlacementPolicy(int Rungs, Bps RungSpacing, Bps RepriceBeyond, TimeSpan RepriceAfter, TimeSpan Timeout, Bps MakerFee, Bps TakerFee)
{
    /// <summary>
    /// Three rungs half a basis point apart, 2 s of patience for a place in a queue and 30 s for the whole, at the fees of Binance's ordinary tier. The seed names the
    /// idea and no number (dolphin-survival-stack, "SmartPlacer"); none of these was fitted to a recording.
    /// </summary>
    public static readonly PlacementPolicy Usual =
        new(3, new(0.5m), new(1m), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(30), MakerFee: new(2m), TakerFee: new(5m));

    /// <summary>Ticks from one rung to the next where a price is so many ticks; at least one.</summary>
    public long SpacingAt(decimal ticks) => Math.Max(1, TicksOf(RungSpacing, ticks));

    /// <summary>Where its orders may rest before they are placed anew.</summary>
    public LevelReach Reach => new(new Bps(RungSpacing.Value * (Rungs - 1) + RepriceBeyond.Value), Rungs);

    /// <summary>Whole ticks of a distance where a price is so many ticks.</summary>
    public static long TicksOf(Bps distance, decimal ticks) => (long)(distance.Value * ticks / 10_000m);

    /// <summary>Every mistake in this policy, as sentences; empty if there is none.</summary>
    public ImmutableArray<string> Problems()
    {
        var problems = ImmutableArray.CreateBuilder<string>();
        void Expect(bool holds, string name, object came, string expected)
        {
            if (!holds) problems.Add($"Placement: {name} is {came}; expected {expected}. Nothing is placed.");
        }

        Expect(Rungs is >= 1 and <= 10, "rungs", Rungs, "1 to 10");
        Expect(RungSpacing.Value is >= 0m and <= 100m, "rung spacing", RungSpacing, "0 to 100 bp");
        Expect(RepriceBeyond.Value is >= 0m and <= 100m, "reprice beyond", RepriceBeyond, "0 to 100 bp");
        Expect(RepriceAfter >= TimeSpan.FromMilliseconds(10) && RepriceAfter <= TimeSpan.FromHours(1), "reprice after", RepriceAfter, "10 ms to 1 h");
        Expect(Timeout >= TimeSpan.FromMilliseconds(100) && Timeout <= TimeSpan.FromDays(1), "timeout", Timeout, "100 ms to 1 day");
        Expect(MakerFee.Value is >= -100m and <= 100m, "maker fee", MakerFee, "-100 to 100 bp");
        Expect(TakerFee.Value is >= 0m and <= 100m, "taker fee", TakerFee, "0 to 100 bp");
        return problems.ToImmutable();
    }
}
