using System.Collections.Immutable;

namespace Dolphin.Actors.Invariants;

/// <summary>What must hold after every event (reliability.md, section 3), each checked where it can break.</summary>
public enum Invariant
{
    /// <summary>1: no request leaves without a durable intent.</summary>
    IntentBeforeSend,
    /// <summary>2: no client order id reaches the venue twice.</summary>
    OrderSentOnce,
    /// <summary>4: book = sum of fills = venue, per symbol and leg.</summary>
    BookEqualsVenue,
    /// <summary>5: cash = start + realised - fees + funding, exact.</summary>
    CashConserved,
    /// <summary>6: every order satisfies the venue's filters.</summary>
    OrderFitsFilters,
    /// <summary>Design 7.20: change of equity = net path P&amp;L - fees + funding, exact.</summary>
    EquityIdentity,
    /// <summary>9 and 11: time never runs backwards, and nothing is decided on a bar that is not newer.</summary>
    TimeMovesForward,
    /// <summary>13: no trade inside the band.</summary>
    NoTradeInsideBand,
    /// <summary>13: an exit costs no more than 2 f Q0 / eta.</summary>
    ExitBounded,
    /// <summary>14: the multiplier is in [0, 1], and 0 exactly when an invariant layer failed.</summary>
    RiskInRange,
    /// <summary>14: recovery no steeper than the slope, a fall at once.</summary>
    RiskRecoversSlowly,
    /// <summary>Design 7.13: once a compression has its lock, no order and no fill of it makes gross larger.</summary>
    CompressionNeverGrows,
    /// <summary>No order and no fill of a protector makes a leg larger.</summary>
    ProtectorNeverEnlarges,
    /// <summary>Never two strategies on one leg: whoever sends orders for a symbol finds none open there of another one.</summary>
    OneTraderPerSymbol,
    /// <summary>A hand-over: who takes legs over has the very legs that were let go of.</summary>
    HandOverKeepsLegs,
}

/// <param name="FirstViolation">What was expected and what came, the first time; null if never.</param>
public sealed record InvariantTally(Invariant Name, long Checked, long Violated, string? FirstViolation);

/// <summary>Counts every check in this process. Lock-free: actors on any thread count here.</summary>
public sealed class InvariantLedger
{
    private static readonly int Size = Enum.GetValues<Invariant>().Length;
    private readonly long[] _checked = new long[Size];
    private readonly long[] _violated = new long[Size];
    private readonly string?[] _first = new string?[Size];

    /// <summary>Counts one check. <paramref name="explain"/> runs only if it does not hold.</summary>
    public bool Check(Invariant invariant, bool holds, Func<string> explain)
    {
        Interlocked.Increment(ref _checked[(int)invariant]);
        if (!holds) Violate(invariant, explain());
        return holds;
    }

    /// <summary>The same without a closure, for paths that run on every bar.</summary>
    public void Checked(Invariant invariant) => Interlocked.Increment(ref _checked[(int)invariant]);

    public void Violate(Invariant invariant, string what)
    {
        Interlocked.Increment(ref _violated[(int)invariant]);
        Interlocked.CompareExchange(ref _first[(int)invariant], what, null);
    }

    public ImmutableArray<InvariantTally> Counts =>
        [.. Enum.GetValues<Invariant>().Select(i => new InvariantTally(i, Volatile.Read(ref _checked[(int)i]), Volatile.Read(ref _violated[(int)i]), _first[(int)i]))];

    /// <summary>Goes on counting where an earlier life of a replay stopped.</summary>
    public void Restore(ImmutableArray<InvariantTally> counts)
    {
        foreach (var c in counts)
            (_checked[(int)c.Name], _violated[(int)c.Name], _first[(int)c.Name]) = (c.Checked, c.Violated, c.FirstViolation);
    }
}
