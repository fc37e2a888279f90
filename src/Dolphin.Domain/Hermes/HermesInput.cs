using Dolphin.Domain.Books;
using Dolphin.Domain.Market;
using Dolphin.Domain.Survival;

namespace Dolphin.Domain.Hermes;

/// <summary>An asset's two legs, what they cost, and what they are to be measured by.</summary>
/// <param name="Mark">The newest price.</param>
/// <param name="Capital">Quote; what the plan gives this asset.</param>
/// <param name="OpeningLeg">Quote; what one leg of the newest opening got, or would get by the plan's own sizing where nothing was opened yet.</param>
public readonly record struct HermesBook(LegPosition Long, LegPosition Short, Price Mark, Money Capital, Money OpeningLeg)
{
    /// <summary>Base; a larger leg is a mistake somewhere.</summary>
    public const decimal HighestQuantity = 1_000_000_000_000_000m;
    /// <summary>Quote; so is a larger cost of one leg.</summary>
    public const decimal HighestCost = 1_000_000_000_000_000_000_000_000m;
    /// <summary>Quote per base, both ends.</summary>
    public const decimal LowestPrice = 0.000000001m, HighestPrice = 1_000_000_000m;
    /// <summary>Quote, both ends.</summary>
    public const decimal LowestCapital = 0.01m, HighestCapital = 1_000_000_000_000m;
    /// <summary>Quote, both ends.</summary>
    public const decimal LowestLeg = 0.00000001m, HighestLeg = HighestCost;

    public Legs Legs => new(Long.Quantity, Short.Quantity);

    /// <summary>Quote; notional of both legs at the mark.</summary>
    public Money Gross => Mark * Legs.Gross;

    /// <summary>|long - short| / (long + short), 0 to 1; 0 when flat.</summary>
    public double Skew => Legs.Gross.Base > 0m ? (double)Math.Abs(Legs.Net.Base) / (double)Legs.Gross.Base : 0;

    /// <summary>Net notional over capital, zero or more.</summary>
    public double Weight => NetNotional / (double)Capital.Quote;

    /// <summary>Net notional over one leg of the opening, zero or more: E of the design, in the unit of E_max.</summary>
    public double NetLegs => NetNotional / (double)OpeningLeg.Quote;

    private double NetNotional => (double)Math.Abs(Legs.Net.Base) * (double)Mark.QuotePerBase;

    /// <summary>Smaller leg over larger, 0 to 1; 0 when either is flat.</summary>
    public double Evenness
    {
        get
        {
            var (small, large) = Long.Quantity < Short.Quantity ? (Long.Quantity, Short.Quantity) : (Short.Quantity, Long.Quantity);
            return large.Base > 0m ? (double)small.Base / (double)large.Base : 0;
        }
    }

    /// <summary>(pL - pS) / P: what is lost per matched unit, as a fraction of price. Negative where matched units gain; 0 unless both legs stand.</summary>
    public double LockedGap => Long.Quantity.Base > 0m && Short.Quantity.Base > 0m
        ? ((double)Long.Cost.Quote / (double)Long.Quantity.Base - (double)Short.Cost.Quote / (double)Short.Quantity.Base) / (double)Mark.QuotePerBase
        : 0;

    /// <summary>Price is below what the long leg cost and above what the short leg got.</summary>
    public bool BothUnderWater => Long.Quantity.Base > 0m && Short.Quantity.Base > 0m
        && Long.ProfitAt(PositionSide.Long, Mark).Quote < 0m && Short.ProfitAt(PositionSide.Short, Mark).Quote < 0m;

    public Money Unrealised => Long.ProfitAt(PositionSide.Long, Mark) + Short.ProfitAt(PositionSide.Short, Mark);

    /// <summary>Unrealised loss over capital; 0 when there is none.</summary>
    public double LossShare => (double)Math.Max(0m, -Unrealised.Quote) / (double)Capital.Quote;

    /// <summary>+1 where the long leg is larger, -1 where the short one is.</summary>
    public int Side => Math.Sign(Legs.Net.Base);

    /// <summary>Why nothing can be concluded from this, or null. Inside these bounds no product here can overflow.</summary>
    public string? Objection =>
        Mark.QuotePerBase is < LowestPrice or > HighestPrice ? $"expected a price from {LowestPrice:0.#########} to {HighestPrice:0}, got {Mark}"
        : Capital.Quote is < LowestCapital or > HighestCapital ? $"expected a capital from {LowestCapital} to {HighestCapital:0}, got {Capital}"
        : OpeningLeg.Quote is < LowestLeg or > HighestLeg ? $"expected an opening leg from {LowestLeg:0.########} to {HighestLeg:0}, got {OpeningLeg}"
        : IsAbsurd(Long) || IsAbsurd(Short)
            ? $"expected legs of zero or more, up to {HighestQuantity:0} that cost up to {HighestCost:0}, got long {Long.Quantity} for {Long.Cost}, short {Short.Quantity} for {Short.Cost}"
        : null;

    private static bool IsAbsurd(LegPosition leg) => leg.Quantity.Base is < 0m or > HighestQuantity || leg.Cost.Quote is < 0m or > HighestCost;
}

/// <summary>What is known of the strategy that holds the legs.</summary>
/// <param name="Grounded">Its entity has been stopped for good.</param>
/// <param name="Ended">It has come to its own end and holds nothing any more: terminated, resolved.</param>
/// <param name="LastFillAt">Its newest fill, or null before the first.</param>
public readonly record struct HolderFacts(bool Grounded, bool Ended, DateTimeOffset? LastFillAt);

/// <summary>One look at an asset.</summary>
/// <param name="At">Time of the market. A look that is not newer than the last one that decided something decides nothing.</param>
/// <param name="Objects">Null: every strategy takes whatever there is.</param>
public readonly record struct HermesLook(DateTimeOffset At, RegimeReading Regime, RiskView Risk, HermesBook Book, HolderFacts Holder, LegObjection? Objects = null)
{
    /// <summary>Why a strategy could do nothing with these legs, or null.</summary>
    public Refusal? Objection(LegHolder heir) => heir == LegHolder.Nobody ? null : Objects?.Invoke(heir, Book);
}

/// <summary>Everything Hermes is told about one asset. Every one may come twice, late, or never.</summary>
public abstract record HermesInput
{
    private HermesInput() { }

    /// <summary>For callers that need one type; the hot path is the overload of Decide that takes the look itself.</summary>
    public sealed record Looked(HermesLook Look, HermesWatch Watch) : HermesInput;

    /// <summary>The holder has finished what was under way, has no order open, and lets go.</summary>
    /// <param name="Number">Of the hand-over that asked for it.</param>
    /// <param name="Legs">What it lets go of, to the last lot.</param>
    public sealed record Released(long Number, LegHolder By, Legs Legs, DateTimeOffset At) : HermesInput;

    /// <summary>The heir has taken the legs into its state and waits to be enabled.</summary>
    /// <param name="Legs">What it took: the very legs that were released.</param>
    public sealed record Adopted(long Number, LegHolder By, Legs Legs, DateTimeOffset At) : HermesInput;

    /// <summary>Holder or heir will not.</summary>
    public sealed record Declined(long Number, LegHolder By, string Reason, DateTimeOffset At) : HermesInput;

    /// <param name="Number">One more than the last override's, so that a late second copy cannot set it again.</param>
    /// <param name="By">Who; <paramref name="Why"/> is for whoever reads it at night.</param>
    /// <param name="Until">When it ends by itself, or null: when it is lifted.</param>
    /// <param name="Posture">To be used as long as it holds, or null: what Hermes would say.</param>
    /// <param name="Priority">As for the posture.</param>
    public sealed record SetOverride(
        int Number, string By, string Why, LegHolder Holder, RiskPosture? Posture, DateTimeOffset? Until, DateTimeOffset At,
        HolderPriority? Priority = null) : HermesInput;

    /// <param name="Number">The override that is meant.</param>
    public sealed record LiftOverride(int Number, string By, string Why, DateTimeOffset At) : HermesInput;
}
