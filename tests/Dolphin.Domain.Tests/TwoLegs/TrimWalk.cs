using Dolphin.Domain.Market;
using Dolphin.Domain.Tests.Hedging;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.Tests.TwoLegs;

/// <summary>What an event of any strategy says of a trim that it asks orders for.</summary>
internal sealed record AskedTrim(TrimWish Wish, LegTargets Targets, Legs TooSmall, Legs HeldBack, bool Waited);

/// <summary>Somebody who watches the portfolio and asks for trims at random: in proportion, one leg only, all of it, nothing, dust, and late copies.</summary>
internal sealed class TrimWalk(int seed)
{
    /// <summary>Names of the events that only a trim brings about.</summary>
    public static readonly string[] Events = ["TrimWanted", "TrimAsked", "TrimEnded"];

    private readonly Lcg _chance = new((uint)seed);
    private long _id;

    public List<TrimWish> Sent { get; } = [];
    public bool ExitsAllowed { get; private set; }

    /// <summary>The next wish, or null: most of the time nobody asks.</summary>
    public TrimWish? Next(Legs held, DateTimeOffset at)
    {
        if (_chance.Next(4) != 0) return null;
        ExitsAllowed = _chance.Next(8) != 0;
        if (Sent.Count > 0 && _chance.Next(5) == 0) return Sent[_chance.Next(Sent.Count)];
        var (a, b) = (_chance.Next(110) / 100m, _chance.Next(110) / 100m);
        var (longShare, shortShare) = _chance.Next(8) switch { 0 => (a, 1m), 1 => (1m, b), 2 => (0m, 0m), 3 => (a, b), 4 => (2m, 2m), _ => (a, a) };
        var wish = new TrimWish("balancer", ++_id, new Quantity(held.Long.Base * longShare), new Quantity(held.Short.Base * shortShare), at.AddSeconds(_chance.Next(3) == 0 ? 20 : 200));
        Sent.Add(wish);
        return wish;
    }

    /// <summary>Legs only go down, never further apart than allowed, not below the wish, and every bit that stays above it is accounted for.</summary>
    public static bool IsGood(AskedTrim asked, Legs held, Quantity slack)
    {
        var (from, to, atMost) = (asked.Targets.From, asked.Targets.To, asked.Wish.AtMost);
        var above = new Legs(asked.TooSmall.Long + asked.HeldBack.Long, asked.TooSmall.Short + asked.HeldBack.Short);
        return from == held && to.Long <= from.Long && to.Short <= from.Short && to.Long.Base >= 0m && to.Short.Base >= 0m
            && to.Net.Abs().Base <= Math.Max(from.Net.Abs().Base, slack.Base)
            && (asked.HeldBack.Long.Base == 0m || asked.HeldBack.Short.Base == 0m) && above.Long.Base >= 0m && above.Short.Base >= 0m
            && to.Long >= LegSteps.Smaller(from.Long, atMost.Long) && to.Short >= LegSteps.Smaller(from.Short, atMost.Short)
            && (asked.Waited || (to.Long - above.Long == LegSteps.Smaller(from.Long, atMost.Long) && to.Short - above.Short == LegSteps.Smaller(from.Short, atMost.Short)));
    }
}
