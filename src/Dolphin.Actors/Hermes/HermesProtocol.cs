using System.Text.Json.Serialization;
using Dolphin.Domain;
using Dolphin.Domain.Compression;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;

namespace Dolphin.Actors.Hermes;

/// <summary>What Hermes and the assets say to each other, and what operators say to Hermes.</summary>
public static class HermesProtocol
{
    /// <summary>To an asset: who is to hold its legs, and how. Answered by <see cref="Holding"/>. Said on every change, with every bar of a hand-over, to
    /// an asset that has not heard it, and now and then in case it was lost between two nodes.</summary>
    /// <param name="Enabled">Who may trade; nobody while legs change hands.</param>
    /// <param name="HandOver">The one under way, or null.</param>
    public sealed record Assignment(
        Symbol Symbol, LegHolder Enabled, bool MayOpen, RiskPosture Posture, HolderPriority Priority, RegimeGate Gate, HandOverOrder? HandOver);

    /// <param name="Legs">What was let go of, once it was; the heir takes exactly these.</param>
    public sealed record HandOverOrder(long Number, LegHolder From, LegHolder To, HandOverStage Stage, Legs Legs);

    /// <summary>To Hermes: who holds an asset's legs.</summary>
    /// <param name="Holder">Nobody if no strategy does.</param>
    /// <param name="Ended">Who held them last has come to its own end.</param>
    /// <param name="Grounded">The holder has stopped for good.</param>
    /// <param name="Legs">The holder's; if there is none, what was let go of.</param>
    /// <param name="Declined">Who will not do what the hand-over under way asks for, or null.</param>
    /// <param name="Unassigned">The asset has not heard whom its legs are to belong to: it has just started.</param>
    /// <param name="Opened">Quote; what one leg of the asset's newest opening got, whoever holds the legs since. Zero before the first.</param>
    public sealed record Holding(
        Symbol Symbol, LegHolder Holder, bool Ended, bool Grounded, Legs Legs, Declined? Declined,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Unassigned = false,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] Money Opened = default);

    public sealed record Declined(long Number, LegHolder By, string Reason);

    /// <summary>From an operator: whom the legs of a symbol belong to, whatever Hermes thinks. Answered by <see cref="Done"/> or <see cref="Refused"/>.</summary>
    /// <param name="Posture">Null, like the priority: what Hermes would say.</param>
    /// <param name="For">How long, or null: until it is lifted.</param>
    public sealed record Override(Symbol Symbol, string By, string Why, LegHolder Holder, RiskPosture? Posture, TimeSpan? For, HolderPriority? Priority = null);

    /// <summary>From an operator: Hermes decides again. Answered like <see cref="Override"/>.</summary>
    public sealed record Lift(Symbol Symbol, string By, string Why);

    public sealed record Done(Symbol Symbol, string What);
    public sealed record Refused(Symbol Symbol, Refusal Refusal);
}
