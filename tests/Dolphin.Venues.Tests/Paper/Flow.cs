using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Venues.Paper;
using Dolphin.Venues.Tests.Contract;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Venues.Tests.Paper;

/// <summary>One thing a client does, at an offset into its minute.</summary>
public sealed record Act(int OffsetMs, VenueCommand Command);

/// <summary>One minute of the market, and what the client does meanwhile (in order of time). No candle: that symbol has no bar.</summary>
public sealed record FlowMinute(IReadOnlyList<Candle> Candles, IReadOnlyList<Act> Acts);

/// <summary>A random market with a random client. Sizes are chosen so that volume, margin and legs all bind now and then;
/// <see cref="FlowStories"/> proves that they do.</summary>
public sealed record Flow(IReadOnlyList<FlowMinute> Minutes)
{
    public static readonly PaperPolicy Policy = PaperRig.Policy with { InitialWallet = new(2_000m) };

    public static readonly FundingRate[] Funding =
    [
        new(Terms.Btc, Terms.Start.AddMinutes(3), 0.0003m),
        new(Terms.Eth, Terms.Start.AddMinutes(3), -0.0007m),
        new(Terms.Btc, Terms.Start.AddMinutes(6).AddMilliseconds(5), 0.00012345m), // Recorded times are often some milliseconds late.
        new(Terms.Eth, Terms.Start.AddMinutes(9), 0.0001m),
    ];

    public static Arbitrary<Flow> Any => Arb.From(Random, Smaller);

    /// <summary>Plays the whole flow and a quiet minute after it.</summary>
    public PaperRig Play(PaperPolicy? policy = null, Action<PaperRig>? afterEachMinute = null)
    {
        var rig = new PaperRig(policy ?? Policy, Terms.Instruments, Funding);
        for (var i = 0; i < Minutes.Count; i++)
        {
            PlayMinute(rig, i);
            afterEachMinute?.Invoke(rig);
        }
        rig.Run(Terms.Minute);
        return rig;
    }

    public void PlayMinute(PaperRig rig, int index)
    {
        var opens = Terms.Start + (index * Terms.Minute);
        rig.Open(PaperRig.Slice(opens, [.. Minutes[index].Candles]));
        foreach (var act in Minutes[index].Acts)
        {
            rig.RunUntil(opens.AddMilliseconds(act.OffsetMs));
            rig.Send(act.Command);
        }
        rig.RunUntil(opens + Terms.Minute);
    }

    public override string ToString() => string.Join(Environment.NewLine, Minutes.Select((m, i) =>
        $"minute {i}: {string.Join(" ", m.Candles)}{string.Concat(m.Acts.Select(a => $"{Environment.NewLine}   +{a.OffsetMs} {a.Command}"))}"));

    private static Gen<Flow> Random =>
        from count in Gen.Choose(1, 12)
        from moves in Gen.ArrayOf(Gen.ArrayOf(Gen.Choose(0, 9_999), 160), count)
        select Build(moves);

    private static IEnumerable<Flow> Smaller(Flow flow)
    {
        if (flow.Minutes.Count > 1) yield return new([.. flow.Minutes.Take(flow.Minutes.Count - 1)]);
        for (var i = 0; i < flow.Minutes.Count; i++)
        {
            for (var j = 0; j < flow.Minutes[i].Acts.Count; j++)
            {
                var minute = flow.Minutes[i] with { Acts = [.. flow.Minutes[i].Acts.Where((_, k) => k != j)] };
                yield return new([.. flow.Minutes.Select((m, k) => k == i ? minute : m)]);
            }
        }
    }

    private static Flow Build(int[][] draws)
    {
        var (btc, eth, ids) = (1_000m, 200m, 0);
        var minutes = new List<FlowMinute>();
        foreach (var draw in draws)
        {
            var d = new Draws(draw);
            var candles = new List<Candle>();
            if (d.Of(12) != 0) candles.Add(Candle(Terms.Btc, ref btc, 0.1m, d));
            if (d.Of(4) != 0) candles.Add(Candle(Terms.Eth, ref eth, 0.05m, d));
            var acts = new List<Act>();
            for (var n = d.Of(13); n > 0; n--) acts.Add(new(d.Of(60) * 1_000, Command(d, btc, eth, ref ids)));
            minutes.Add(new(candles, [.. acts.OrderBy(a => a.OffsetMs)]));
        }
        return new(minutes);
    }

    private static Candle Candle(Symbol symbol, ref decimal last, decimal tick, Draws d)
    {
        decimal Near(decimal price, int bps) => Math.Max(1m, Math.Round(price * (1m + ((d.Of((2 * bps) + 1) - bps) / 10_000m)) / tick)) * tick;
        var wide = d.Of(6) == 0 ? 2_500 : 60; // Now and then a bar in which accounts die.
        var (open, close) = (Near(last, 10), Near(last, wide));
        var (a, b) = (Near(open, wide), Near(close, wide));
        last = close;
        return new(symbol, open, Math.Max(Math.Max(open, close), Math.Max(a, b)), Math.Min(Math.Min(open, close), Math.Min(a, b)), close, d.Of(4) == 0 ? 0 : d.Of(400));
    }

    private static VenueCommand Command(Draws d, decimal btc, decimal eth, ref int ids)
    {
        var symbol = d.Of(3) == 0 ? Terms.Eth : Terms.Btc;
        var what = d.Of(20);
        if (what == 0) return new VenueCommand.CancelAll($"all-{ids}");
        if (what == 1) return new VenueCommand.GetAccount($"ask-{ids}");
        if (what == 2) return new VenueCommand.Query(new($"o-{d.Of(ids + 1)}"), symbol);
        if (what <= 4) return new VenueCommand.Cancel(new($"o-{d.Of(ids + 1)}"), symbol);
        var id = what == 5 ? d.Of(ids + 1) : ids++; // Some ids are used again.
        var (tick, lot, price) = symbol == Terms.Btc ? (0.1m, 0.001m, btc) : (0.05m, 0.005m, eth);
        var type = d.Of(3) == 0 ? OrderType.Market : OrderType.Limit;
        var force = type == OrderType.Market ? (TimeInForce)(d.Of(6) % 3) : (TimeInForce)(d.Of(8) % 4);
        var leg = (PositionSide)d.Of(2);
        var side = d.Of(3) != 0 ? leg.Increasing() : leg.Reducing();
        var quantity = d.Of(3) == 0 ? lot * d.Of(15_000) : lot * d.Of(3_000);
        var limit = Math.Round(price * (1m + ((d.Of(161) - 80) / 10_000m)) / tick) * tick;
        return new VenueCommand.Submit(new NewOrder(new($"o-{id}"), symbol, leg, side, type, force, new(quantity), type == OrderType.Limit ? Price.Of(limit) : null));
    }

    /// <summary>Reads numbers off an array, going round: enough chance for a minute, and a flow is its numbers.</summary>
    private sealed class Draws(int[] numbers)
    {
        private int _next;
        public int Of(int bound) => (int)((long)numbers[_next++ % numbers.Length] * bound / 10_000);
    }
}
