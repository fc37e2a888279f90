using Dolphin.Domain;
using Dolphin.Domain.Books;
using Dolphin.Domain.Compression;
using Dolphin.Domain.Directional;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Actors.Strategies;

/// <summary>What a strategy hears from operators and from its asset, and what it answers.</summary>
public static class StrategyProtocol
{
    /// <summary>Leave gracefully. Answered by <see cref="Done"/> when it is stored, or <see cref="Refused"/>. Safe to send again.</summary>
    public sealed record Exit(string StrategyId, string By);

    /// <summary>Go on after a stop, a pause or an end. Answered like <see cref="Exit"/>; of who goes on already nothing changes. Safe to send again.</summary>
    public sealed record Resume(string StrategyId, string By);

    public sealed record Done(string StrategyId, string What);
    public sealed record Refused(string StrategyId, Refusal Refusal);

    /// <summary>From the asset: how to trade the legs, or not to. Safe to send again.</summary>
    /// <param name="Enabled">The legs are this strategy's to trade. Others finish what is under way, and decide nothing.</param>
    /// <param name="MayOpen">Whether any leg may grow.</param>
    /// <param name="Gate">Whether the regime is bounded and oscillating.</param>
    /// <param name="IsAlone">Nobody decides who holds the legs: the strategy begins by itself.</param>
    public sealed record Stance(bool Enabled, bool MayOpen, RiskPosture Posture, HolderPriority Priority, RegimeGate Gate, bool IsAlone = false)
    {
        /// <summary>Of the only strategy of an asset.</summary>
        public static Stance Alone { get; } = new(Enabled: true, MayOpen: true, RiskPosture.Balanced, HolderPriority.Normal, RegimeGate.Open, IsAlone: true);
        /// <summary>Before anybody has said anything.</summary>
        public static Stance Passive { get; } = new(Enabled: false, MayOpen: false, RiskPosture.Defensive, HolderPriority.Low, RegimeGate.Shut);
    }

    /// <summary>From the asset: take these legs over as they stand. Answered by <see cref="LegHolding"/>, or by <see cref="Declined"/>.</summary>
    public sealed record Adopt(string By, HandOver Legs, Price Mark);

    /// <summary>From the asset: give the legs up as they stand, as soon as nothing is under way. Answered like <see cref="Adopt"/>.</summary>
    public sealed record Release(string By);

    /// <summary>To the asset, from whoever watches the portfolio: the holder is to bring the legs to at most so much. Answered by <see cref="TrimTaken"/>,
    /// <see cref="TrimDeclined"/> or <see cref="WishOver"/>. Safe to send again, and sent again until it is over.</summary>
    public sealed record Trim(Symbol Symbol, TrimWish Wish);

    /// <summary>The wish is stored: it is under way, or waits for open orders.</summary>
    public sealed record TrimTaken(Symbol Symbol, string StrategyId, long Id);

    /// <summary>Nothing of it will be done. Whether it may come again, and by which id, is in the reason.</summary>
    public sealed record TrimDeclined(Symbol Symbol, long Id, Refusal Refusal);

    /// <summary>To the asset, from the same: the holder is to bring the legs to at least so much. Answered by <see cref="GrowTaken"/>, <see cref="GrowDeclined"/> or
    /// <see cref="WishOver"/>. Safe to send again, and sent again until it is over.</summary>
    public sealed record Grow(Symbol Symbol, GrowWish Wish);

    /// <summary>The wish is stored, and its orders are open.</summary>
    public sealed record GrowTaken(Symbol Symbol, string StrategyId, long Id);

    /// <summary>Nothing of it will be done, nor when it comes again by another id while the reason holds.</summary>
    public sealed record GrowDeclined(Symbol Symbol, long Id, Refusal Refusal);

    /// <summary>Nothing more will be done of a trim or of growth with that id; as far as it was filled it is done.</summary>
    /// <param name="Held">Base; the legs now.</param>
    public sealed record WishOver(Symbol Symbol, string StrategyId, long Id, Legs Held);

    /// <summary>On the topic of holder requests: every asset tells who holds its legs. Answered by <see cref="HeldBy"/> on the topic of holders.</summary>
    public sealed record GetHolders
    {
        public static readonly GetHolders Now = new();
    }

    /// <summary>On the topic of holders, whenever it has changed and on request: who has the legs of a symbol now.</summary>
    /// <param name="StrategyId">Null where no strategy has them, or the one that has them has stopped for good.</param>
    public sealed record HeldBy(Symbol Symbol, string? StrategyId);

    /// <summary>From the asset, where somebody learns sizes: funding of a leg, as the book is told it. Safe to send again.</summary>
    /// <param name="After">The payment to the same leg before it that may not have come yet. Null: none.</param>
    public sealed record Funded(FundingPayment Payment, DateTimeOffset? After);

    /// <summary>To the asset, from a strategy that is alone and holds nothing: hand over what there is. Answered by <see cref="Adopt"/>, or not at all
    /// while there is nothing.</summary>
    /// <param name="EvenNone">Flat legs are an answer as well: the strategy would open some.</param>
    public sealed record WantLegs(Price Mark, bool EvenNone = false);

    /// <summary>From an operator: an opinion for a strategy that trades on them. Answered by <see cref="Done"/> when it is stored, or <see cref="Refused"/>. The same
    /// id again is the same signal.</summary>
    public sealed record Signal(string StrategyId, string By, DirectionalSignal Opinion);

    /// <summary>To the asset: the strategy will not do what it was asked for.</summary>
    public sealed record Declined(LegHolder By, Refusal Refusal);
}
