using System.Globalization;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.Protection;

/// <summary>What still keeps the protector from its next action. All zero: nothing does.</summary>
/// <param name="Spacing">Ticks until two orders are far enough apart (<c>order_spacing_ticks</c>).</param>
/// <param name="Ticks">Ticks until the pause after a filled action is over (<c>cooldown_ticks</c>).</param>
/// <param name="Wait">Time until the next action may come (<c>min_rebalance_seconds</c>).</param>
/// <param name="Move">Relative move of the price that is still missing (<c>min_price_move_pct</c>).</param>
public readonly record struct Cooldown(long Spacing, long Ticks, TimeSpan Wait, decimal Move)
{
    public bool IsOver => Spacing == 0 && Ticks == 0 && Wait == TimeSpan.Zero && Move == 0m;

    public static Cooldown Of(ProtectorPolicy policy, ProtectorState state, ProtectorTuning tuning, Price price, DateTimeOffset at, long tick)
    {
        // A look whose tick or time is before the last order's has come from a clock that was set back: it waits for all of it.
        var spacing = state.OrderedTick is { } ordered ? Left(policy.Settings.OrderSpacingTicks, tick - ordered) : 0;
        var ticks = state.AwaitsCooldown ? policy.Settings.CooldownTicks
            : state.CooldownTick is { } filled ? Left(policy.Settings.CooldownTicks, tick - filled) : 0;
        var wait = state.OrderedAt is { } last ? TimeSpan.FromSeconds(tuning.MinRebalanceSeconds) - (at - last) : TimeSpan.Zero;
        var move = state.Anchor is { } anchor
            ? tuning.MinPriceMovePct - Math.Abs(price.QuotePerBase - anchor.QuotePerBase) / anchor.QuotePerBase
            : 0m;
        return new Cooldown(spacing, ticks, wait > TimeSpan.Zero ? wait : TimeSpan.Zero, move > 0m ? move : 0m);
    }

    /// <summary>What is left of each, or that it is over.</summary>
    public override string ToString()
    {
        if (IsOver) return "over";
        var waits = new List<string>(4);
        if (Spacing > 0) waits.Add(string.Create(CultureInfo.InvariantCulture, $"{Spacing} ticks of spacing"));
        if (Ticks > 0) waits.Add(string.Create(CultureInfo.InvariantCulture, $"{Ticks} ticks after the last fill"));
        if (Wait > TimeSpan.Zero) waits.Add(string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(Wait.TotalSeconds):0} s"));
        if (Move > 0m) waits.Add(string.Create(CultureInfo.InvariantCulture, $"{Move:0.#####} of price"));
        return string.Join(", ", waits) + " to go";
    }

    private static long Left(int asked, long passed) => passed >= asked ? 0 : Math.Min(asked, asked - passed);
}
