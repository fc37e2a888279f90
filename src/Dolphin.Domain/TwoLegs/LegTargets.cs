using System.Text.Json.Serialization;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.TwoLegs;

/// <summary>An entry makes a leg larger and needs permission; an exit makes legs smaller and needs none but the venue's.</summary>
public enum LegIntent { Entry, Exit }

/// <summary>
/// What a decision asks for: a quantity per leg, already in lots the venue takes, to be netted into at most one order per leg.
/// </summary>
/// <param name="Sequence">Rises by one with every decision of a strategy, over all its incarnations; client order ids are made from it.</param>
/// <param name="From">The legs when it was decided.</param>
/// <param name="To">The legs that are wanted.</param>
/// <param name="DecisionPrice">The price it was decided at: the slippage of what is taken is measured from it.</param>
/// <param name="Limit">Where the order rests, on the tick grid; null leaves price and style to the posture. Only a decision that
/// changes one leg has one.</param>
public sealed record LegTargets(
    long Sequence, Legs From, Legs To, Price DecisionPrice,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Price? Limit = null)
{
    public Quantity LongTarget => To.Long;
    public Quantity ShortTarget => To.Short;
    public bool AsksForNothing => From == To;

    /// <summary>Entry if any leg grows. The order of one leg is judged by <see cref="IntentOf"/>.</summary>
    public LegIntent Intent => To.Long > From.Long || To.Short > From.Short ? LegIntent.Entry : LegIntent.Exit;
    public LegIntent IntentOf(PositionSide leg) => To[leg] > From[leg] ? LegIntent.Entry : LegIntent.Exit;
}
