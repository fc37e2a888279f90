using System.Diagnostics;
using System.Globalization;
using Dolphin.Domain.Survival;

namespace Dolphin.Domain.Hermes;

/// <summary>Conditions of the book that are on until they are clearly over.</summary>
public readonly record struct BookConditions(bool Dominates, bool Severe, bool Locked)
{
    /// <summary>The conditions after one more look.</summary>
    public static BookConditions After(HermesPolicy policy, BookConditions was, in HermesBook book)
    {
        var s = policy.Settings;
        var skew = book.Skew;
        var dominates = s.Dominance.After(was.Dominates, skew) && s.DominanceWeight.After(was.Dominates, book.Weight);
        return new BookConditions(
            dominates,
            // Severe is what the opening's size does not explain; and what does not weigh in the account is not severe, however small the opening was.
            dominates && s.Dominance.After(was.Severe, skew) && s.SevereLegs.After(was.Severe, book.NetLegs),
            // It takes both legs under water to begin; a bounce that lifts one of them above for a while ends nothing.
            (was.Locked || book.BothUnderWater) && s.LockedGap.After(was.Locked, book.LockedGap) && s.LockedEvenness.After(was.Locked, book.Evenness));
    }
}

/// <summary>Who should hold the legs, by which rule.</summary>
/// <param name="Unfit">Whom an earlier line, or an operator, would have had, and who can do nothing with the legs as they stand; nobody if there is none.</param>
public readonly record struct HermesWant(LegHolder Holder, HermesRule Rule, LegHolder Unfit = LegHolder.Nobody);

/// <summary>How daring and how urgent the holder should be, what limits its daring, and what its urgency comes from.</summary>
public readonly record struct HermesStance(RiskPosture Posture, HolderPriority Priority, StanceBound Bound, PriorityCause Cause)
{
    /// <summary>An operator set the priority: it waits for no confirmation.</summary>
    public bool PriorityIsSaid => Cause == PriorityCause.Override;
}

/// <summary>What keeps a risk posture from being higher.</summary>
public enum StanceBound { Invariant, Override, Survival, Regime, Health, VarianceRatio, Nothing }

/// <summary>What a priority comes from. An operator may set any; by the table the next is URGENT, then two HIGH, two LOW, and NORMAL.</summary>
public enum PriorityCause { Override, SevereAgainstTrend, Severe, AilingImbalance, NobodyHolds, NoTradableMarket, Nothing }

/// <summary>The table: who should hold an asset's legs, and how. The first line that applies decides. No history but what is passed in.</summary>
public static class HermesTable
{
    /// <summary>Judges the holder by its own fills and the book's loss.</summary>
    public static HolderHealth Health(HermesPolicy policy, LegHolder holder, in HermesLook look)
    {
        if (holder == LegHolder.Nobody) return HolderHealth.Healthy;
        if (look.Holder.Grounded) return HolderHealth.Grounded;
        var idle = look.Holder.LastFillAt is not { } last || look.At - last >= policy.Settings.AilingIdle;
        return idle && look.Book.LossShare >= policy.Settings.AilingLoss ? HolderHealth.Ailing : HolderHealth.Healthy;
    }

    public static bool IsFlat(HermesPolicy policy, in HermesBook book) => book.Gross.Quote < policy.Settings.Dust || book.Legs.Gross.Base == 0m;

    public static HermesWant Want(HermesPolicy policy, HermesState state, in HermesLook look, BookConditions book)
    {
        var holder = state.Holder;
        if (look.Risk.InvariantFailed) return new HermesWant(holder, HermesRule.InvariantFailed);
        var health = Health(policy, holder, look);
        var flat = IsFlat(policy, look.Book);
        if (state.Override is not { } word) return ByTable(policy, holder, health, flat, look, book);
        if (word.Holder == holder) return new HermesWant(holder, HermesRule.Override);
        if (look.Objection(word.Holder) is null)
            return health == HolderHealth.Grounded ? new HermesWant(holder, HermesRule.OverrideWaits) : new HermesWant(word.Holder, HermesRule.Override);
        // Until he can whoever has the legs keeps them. If nobody has, somebody who can is to look after them; a flat asset needs nobody.
        if (holder == LegHolder.Nobody && !flat && ByTable(policy, holder, health, flat, look, book) is var meanwhile && look.Objection(meanwhile.Holder) is null)
            return meanwhile with { Unfit = word.Holder };
        return new HermesWant(holder, HermesRule.OverrideWaits, word.Holder);
    }

    private static HermesWant ByTable(HermesPolicy policy, LegHolder holder, HolderHealth health, bool flat, in HermesLook look, BookConditions book)
    {
        if (health == HolderHealth.Grounded) return new HermesWant(holder, HermesRule.HolderGrounded);
        switch (look.Regime.Regime)
        {
            case Regime.Unknown:
                return new HermesWant(holder, HermesRule.MarketUnknown);
            case Regime.Thin or Regime.Chaotic:
                return flat ? new HermesWant(LegHolder.Nobody, HermesRule.StayOut) : new HermesWant(holder, HermesRule.KeepThroughStorm);
        }
        var hedging = policy.Allows(LegHolder.BandLimitedHedging);
        if (flat)
            return hedging ? new HermesWant(LegHolder.BandLimitedHedging, HermesRule.Fresh) : new HermesWant(LegHolder.Nobody, HermesRule.NothingAllowed);
        var unfit = LegHolder.Nobody;
        if (book.Severe && Takes(policy, look, LegHolder.ExposureProtector, ref unfit)) return new HermesWant(LegHolder.ExposureProtector, HermesRule.SevereImbalance);
        if (book.Locked && (look.Regime.Regime == Regime.Ranging || holder is LegHolder.HedgeCompression or LegHolder.Nobody)
            && Takes(policy, look, LegHolder.HedgeCompression, ref unfit))
        {
            if (look.Regime.Regime == Regime.Ranging) return new HermesWant(LegHolder.HedgeCompression, HermesRule.LockedAndRanging, unfit);
            if (holder == LegHolder.HedgeCompression) return new HermesWant(holder, HermesRule.LockedAndWaiting, unfit);
        }
        if (book.Dominates && (health == HolderHealth.Ailing || holder == LegHolder.Nobody) && Takes(policy, look, LegHolder.ExposureProtector, ref unfit))
            return new HermesWant(LegHolder.ExposureProtector, HermesRule.AilingImbalance, unfit);
        if (holder == LegHolder.Nobody && hedging && (!book.Locked || look.Objection(LegHolder.HedgeCompression) is not null))
            return new HermesWant(LegHolder.BandLimitedHedging, HermesRule.Orphaned, unfit);
        var works = holder switch { LegHolder.ExposureProtector => book.Dominates, LegHolder.HedgeCompression => book.Locked, _ => true };
        if (works && (holder is LegHolder.BandLimitedHedging or LegHolder.Nobody || look.Objection(holder) is null)) return new HermesWant(holder, HermesRule.Healthy, unfit);
        return !hedging ? new HermesWant(holder, HermesRule.Healthy, unfit)
            : new HermesWant(LegHolder.BandLimitedHedging, works ? HermesRule.CannotWork : HermesRule.WorkDone, works ? holder : unfit);
    }

    // A strategy that the plan does not allow is passed over, and so is one that could do nothing: the next line decides. Hedging is not asked; it takes
    // whatever a market can give.
    private static bool Takes(HermesPolicy policy, in HermesLook look, LegHolder heir, ref LegHolder unfit)
    {
        if (!policy.Allows(heir)) return false;
        if (look.Objection(heir) is null) return true;
        if (unfit == LegHolder.Nobody) unfit = heir;
        return false;
    }

    public static HermesStance Stance(HermesPolicy policy, HermesState state, in HermesLook look, BookConditions book)
    {
        var health = Health(policy, state.Holder, look);
        var (priority, cause) = Priority(state, look, book, health);
        if (look.Risk.InvariantFailed) return new HermesStance(RiskPosture.Defensive, priority, StanceBound.Invariant, cause);
        if (state.Override is { Posture: { } said }) return new HermesStance(said, priority, StanceBound.Override, cause);

        var (posture, bound) = (RiskPosture.Bold, StanceBound.Nothing);
        void Limit(RiskPosture most, StanceBound by)
        {
            if (most < posture) (posture, bound) = (most, by);
        }
        Limit(BySurvival(look.Risk.Posture), StanceBound.Survival);
        Limit(ByRegime(look.Regime.Regime), StanceBound.Regime);
        Limit(health switch { HolderHealth.Grounded => RiskPosture.Defensive, HolderHealth.Ailing => RiskPosture.Cautious, _ => RiskPosture.Bold }, StanceBound.Health);
        if (!(look.Regime.Features.VarianceRatio < policy.Settings.BoldBelow)) Limit(RiskPosture.Balanced, StanceBound.VarianceRatio);
        return new HermesStance(posture, priority, bound, cause);
    }

    /// <summary>One sentence for people: why the legs belong to whom the rule says.</summary>
    public static string Why(HermesPolicy policy, HermesState state, in HermesLook look, HermesWant want)
    {
        var why = WhyOf(policy, state, look, want);
        if (state.Override is { } word && want.Rule is not (HermesRule.InvariantFailed or HermesRule.Override or HermesRule.OverrideWaits))
            why = $"{word.By} wants {word.Holder.Name()} ({word.Why}), which cannot be yet. {why}";
        return want.Unfit == LegHolder.Nobody ? why : $"{why} {want.Unfit.Name()} cannot work on these legs: {look.Objection(want.Unfit)?.Reason}";
    }

    private static string WhyOf(HermesPolicy policy, HermesState state, in HermesLook look, HermesWant want)
    {
        var (b, to, from) = (look.Book, want.Holder.Name(), state.Holder.Name());
        var skew = string.Create(CultureInfo.InvariantCulture, $"skew {b.Skew:0.00}, net {b.Weight:0.00} of the capital");
        return want.Rule switch
        {
            HermesRule.InvariantFailed => $"An invariant has failed: {from} stays, and nothing is handed over until it is restored.",
            HermesRule.Override => $"{state.Override!.By} wants {to}: {state.Override.Why}",
            HermesRule.OverrideWaits => $"{state.Override!.By} wants {state.Override.Holder.Name()} ({state.Override.Why}); {from} stays until that can be.{(look.Holder.Grounded ? $" {from} is grounded, and can let go of nothing." : "")}",
            HermesRule.HolderGrounded => $"{from} is grounded: nobody can be given what it holds; an operator has to look at it.",
            HermesRule.MarketUnknown => $"The market is not known yet: {from} stays.",
            HermesRule.KeepThroughStorm => $"The market is {look.Regime.Regime.ToString().ToLowerInvariant()}: {from} keeps the book and opens nothing.",
            HermesRule.StayOut => $"The market is {look.Regime.Regime.ToString().ToLowerInvariant()} and the asset is flat: nothing new is opened.",
            HermesRule.SevereImbalance => string.Create(CultureInfo.InvariantCulture,
                $"One side dominates severely (skew {b.Skew:0.00}, net {b.NetLegs:0.00} of an opening leg): {to} trims it, healthy holder or not."),
            HermesRule.LockedAndRanging => string.Create(CultureInfo.InvariantCulture,
                $"Both legs are locked, {b.LockedGap:0.00%} of price apart, and the market is ranging: {to} works inside the gap."),
            HermesRule.LockedAndWaiting => string.Create(CultureInfo.InvariantCulture,
                $"Both legs are locked, {b.LockedGap:0.00%} of price apart, and the market is trending: {to} holds them and waits for a range."),
            HermesRule.AilingImbalance => string.Create(CultureInfo.InvariantCulture,
                $"One side dominates ({skew}), {b.LossShare:0.0%} of the capital is lost on paper and {(state.Holder == LegHolder.Nobody ? "nobody holds it" : $"{from} has not traded for {RegimeReading.Text(policy.Settings.AilingIdle)}")}: {to} trims it."),
            HermesRule.Fresh => $"The asset is flat and the market is {look.Regime.Regime.ToString().ToLowerInvariant()}: {to} is the default.",
            HermesRule.WorkDone => $"{from} has done what it was for ({skew}): {to} is the default.",
            HermesRule.CannotWork => $"{from} has nothing left to do ({skew}): {to} is the default.",
            HermesRule.Orphaned => $"Nobody holds the legs ({skew}): {to} is the default.",
            HermesRule.Healthy => state.Holder == LegHolder.Nobody
                ? "Nobody holds the legs, and no allowed strategy suits them in this market."
                : $"{from} holds the legs and nothing asks for a change ({skew}).",
            HermesRule.NothingAllowed => "The asset is flat, and the plan allows no strategy that opens.",
            _ => throw new UnreachableException($"No words for {want.Rule}."),
        };
    }

    /// <summary>One sentence for people: what limits the posture.</summary>
    public static string Why(HermesPolicy policy, HermesState state, in HermesLook look, HermesStance stance) => stance.Bound switch
    {
        StanceBound.Invariant => "An invariant has failed.",
        StanceBound.Override => $"{state.Override!.By} set it: {state.Override.Why}",
        StanceBound.Survival => $"The survival controller is in {look.Risk.Posture.ToString().ToUpperInvariant()}.",
        StanceBound.Regime => $"The market is {look.Regime.Regime.ToString().ToLowerInvariant()}.",
        StanceBound.Health => $"{state.Holder.Name()} is {Health(policy, state.Holder, look).ToString().ToLowerInvariant()}.",
        StanceBound.VarianceRatio => string.Create(CultureInfo.InvariantCulture,
            $"The variance ratio is {RegimeReading.Show(RegimeFeature.VarianceRatio, look.Regime.Features.VarianceRatio)}, not below {policy.Settings.BoldBelow:0.00}."),
        StanceBound.Nothing => "Nothing limits it: APEX, a ranging market that takes back its moves, a healthy holder.",
        _ => throw new UnreachableException($"No words for {stance.Bound}."),
    };

    /// <summary>One sentence for people: where the priority comes from.</summary>
    public static string WhyPriority(HermesPolicy policy, HermesState state, in HermesLook look, PriorityCause cause) => cause switch
    {
        PriorityCause.Override => $"{state.Override!.By} set it: {state.Override.Why}",
        PriorityCause.SevereAgainstTrend => $"One side dominates severely, and the market trends {(look.Regime.Features.Direction > 0 ? "up" : "down")}, against it.",
        PriorityCause.Severe => "One side dominates severely.",
        PriorityCause.AilingImbalance => $"One side dominates, and {state.Holder.Name()} is {Health(policy, state.Holder, look).ToString().ToLowerInvariant()}.",
        PriorityCause.NobodyHolds => "Nobody holds the asset.",
        PriorityCause.NoTradableMarket or PriorityCause.Nothing => $"The market is {look.Regime.Regime.ToString().ToLowerInvariant()}.",
        _ => throw new UnreachableException($"No words for {cause}."),
    };

    private static RiskPosture BySurvival(Posture posture) => posture switch
    {
        Posture.Apex => RiskPosture.Bold,
        Posture.Stalker => RiskPosture.Cautious,
        _ => RiskPosture.Defensive, // TURTLE and HIBERNATE allow no entry at all.
    };

    private static RiskPosture ByRegime(Regime regime) => regime switch
    {
        Regime.Ranging => RiskPosture.Bold,
        Regime.Trending => RiskPosture.Cautious,
        _ => RiskPosture.Defensive,
    };

    private static (HolderPriority Priority, PriorityCause Cause) Priority(HermesState state, in HermesLook look, BookConditions book, HolderHealth health)
    {
        // With a failed invariant an operator's word counts for nothing here, as everywhere.
        if (state.Override?.Priority is { } said && !look.Risk.InvariantFailed) return (said, PriorityCause.Override);
        var against = look.Regime.Regime == Regime.Trending && look.Regime.Features.Direction * look.Book.Side < 0;
        if (book.Severe) return against ? (HolderPriority.Urgent, PriorityCause.SevereAgainstTrend) : (HolderPriority.High, PriorityCause.Severe);
        if (book.Dominates && health != HolderHealth.Healthy) return (HolderPriority.High, PriorityCause.AilingImbalance);
        if (state.Holder == LegHolder.Nobody) return (HolderPriority.Low, PriorityCause.NobodyHolds);
        return look.Regime.Regime is Regime.Unknown or Regime.Thin or Regime.Chaotic
            ? (HolderPriority.Low, PriorityCause.NoTradableMarket) : (HolderPriority.Normal, PriorityCause.Nothing);
    }
}
