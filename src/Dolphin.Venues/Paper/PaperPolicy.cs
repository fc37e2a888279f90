using System.Collections.Immutable;
using Dolphin.Domain;

namespace Dolphin.Venues.Paper;

/// <summary>How the paper venue behaves. Immutable; the fault switches alone can be changed at run time.</summary>
/// <param name="Seed">Draws latency jitter and faults.</param>
/// <param name="InitialWallet">Quote: what the account starts with.</param>
/// <param name="MakerFee">Fraction of notional; Binance's ordinary tier pays 0.0002.</param>
/// <param name="TakerFee">Fraction of notional; Binance's ordinary tier pays 0.0005.</param>
/// <param name="LiquidationFee">Fraction of notional, taken instead of the taker fee when a leg is closed by force.</param>
/// <param name="Leverage">Times, of the whole account: initial margin is notional / leverage.</param>
/// <param name="Participation">Fraction of a bar's volume that all fills of the symbol in that bar can have together.</param>
/// <param name="HalfSpread">How far from the path price an order that takes is filled, before rounding to the tick against it.</param>
/// <param name="FullImpact">What is added to the half spread for an order that takes all the bar has to give; in proportion for less.</param>
/// <param name="Outbound">From client to venue; at least a millisecond, so that all that was sent at one instant is on the wire before any
/// of it arrives: without that a rewound replay could not keep the order of an instant.</param>
/// <param name="Inbound">From venue to client; deliveries keep their order.</param>
/// <param name="MaxOrderQuantity">Base; larger orders are refused (-4005).</param>
/// <param name="MaxOpenOrdersPerSymbol">Further orders are refused (-2025).</param>
/// <param name="ClosedOrdersKept">How many closed or refused orders a query still finds, the newest; older ones are answered
/// <see cref="OrderState.Unknown"/>, as Binance does after its retention.</param>
/// <param name="KnownIdsKept">How many client order ids are remembered against reuse, the newest; an older one could be used again.</param>
public sealed record PaperPolicy(
    ulong Seed, Money InitialWallet, decimal MakerFee, decimal TakerFee, decimal LiquidationFee, decimal Leverage,
    decimal Participation, Bps HalfSpread, Bps FullImpact, PaperLatency Outbound, PaperLatency Inbound,
    Quantity MaxOrderQuantity, int MaxOpenOrdersPerSymbol, int ClosedOrdersKept, int KnownIdsKept,
    ImmutableArray<PaperFault> Faults)
{
    /// <summary>What the account holds when the first slice opens: at most one entry for each leg. The wallet is what it is without them.</summary>
    public ImmutableArray<PaperPosition> Positions { get; init; } = [];

    /// <summary>
    /// Fraction of what an order would get of a bar that it gets, rounded up to a lot; above 0, at most 1. Below 1 an order is filled once in a bar at most,
    /// and the rest of it has to wait for the next: else it would come back for more at the same instant. What is to be filled
    /// at once and as a whole is not, then; what is closed by force is closed as a whole.
    /// </summary>
    public decimal FillFraction { get; init; } = 1m;

    /// <summary>Which orders are never filled, whatever the market does.</summary>
    public PaperFriction Friction { get; init; } = PaperFriction.None;

    /// <summary>Every mistake in this policy, as sentences; empty if there is none.</summary>
    public ImmutableArray<string> Problems()
    {
        var problems = ImmutableArray.CreateBuilder<string>();
        void Expect(bool holds, string name, object came, string expected)
        {
            if (!holds) problems.Add($"Paper venue: {name} is {came}; expected {expected}. The venue does not open.");
        }
        Expect(InitialWallet.Quote > 0m, "initial wallet", InitialWallet, "above 0");
        Expect(Math.Abs(MakerFee) < 0.1m, "maker fee", MakerFee, "above -0.1, below 0.1 (0.0002 = 2 bp)");
        Expect(TakerFee is >= 0m and < 0.1m, "taker fee", TakerFee, "0 or more, below 0.1 (0.0005 = 5 bp)");
        Expect(LiquidationFee is >= 0m and < 0.1m, "liquidation fee", LiquidationFee, "0 or more, below 0.1");
        Expect(Leverage is >= 1m and <= 125m, "leverage", Leverage, "1 to 125");
        Expect(Participation is > 0m and <= 1m, "participation", Participation, "above 0, at most 1 (0.1 = a tenth of the volume)");
        Expect(FillFraction is > 0m and <= 1m, "fill fraction", FillFraction, "above 0, at most 1 (0.5 = half of what could be had)");
        Expect(Friction.EntriesFilled is > 0m and <= 1m, "friction, entries filled", Friction.EntriesFilled, "above 0, at most 1 (0.48 = of a hundred 48)");
        Expect(Friction.ExitsFilled is > 0m and <= 1m, "friction, exits filled", Friction.ExitsFilled, "above 0, at most 1 (0.35 = of a hundred 35)");
        Expect(HalfSpread.Value is >= 0m and < 1_000m, "half spread", HalfSpread, "0bp or more, below 1000bp");
        Expect(FullImpact.Value is >= 0m and < 1_000m, "full impact", FullImpact, "0bp or more, below 1000bp");
        Expect(Outbound.IsWholeMilliseconds && Outbound.Base > TimeSpan.Zero, "outbound latency", Outbound, "whole milliseconds, with a base of 1 or more");
        Expect(Inbound.IsWholeMilliseconds, "inbound latency", Inbound, "whole milliseconds, 0 or more");
        Expect(MaxOrderQuantity.Base is > 0m and <= 1e12m, "max order quantity", MaxOrderQuantity, "above 0, at most 1e12");
        Expect(MaxOpenOrdersPerSymbol > 0, "max open orders per symbol", MaxOpenOrdersPerSymbol, "1 or more");
        Expect(ClosedOrdersKept > 0, "closed orders kept", ClosedOrdersKept, "1 or more");
        Expect(KnownIdsKept > 0, "known ids kept", KnownIdsKept, "1 or more");
        foreach (var position in Positions)
        {
            var name = $"position {position.Symbol} {position.Leg}";
            Expect(position.Quantity.Base is > 0m and <= 1e15m, name, position.Quantity, "a quantity above 0, at most 1e15");
            Expect(position.Entry.QuotePerBase > 0m, name, position.Entry, "an entry price above 0");
            Expect(Positions.Count(p => p.Symbol == position.Symbol && p.Leg == position.Leg) == 1, name, "there more than once", "once at most");
        }
        AddProblems(Faults, problems);
        return problems.ToImmutable();
    }

    internal static void AddProblems(ImmutableArray<PaperFault> faults, ImmutableArray<string>.Builder problems)
    {
        if (faults.IsDefault)
        {
            problems.Add("Paper venue: faults are missing; expected a list, empty for none. The venue does not open.");
            return;
        }
        foreach (var fault in faults)
        {
            if (fault.PerMillion is < 0 or > PaperFault.Always)
                problems.Add($"Paper venue: fault {fault.Kind} strikes {fault.PerMillion} of a million; expected 0 to {PaperFault.Always}.");
            if (fault.Kind == PaperFaultKind.Reject != fault.Code < 0)
                problems.Add($"Paper venue: fault {fault.Kind} has code {fault.Code}; expected a code below 0 for Reject and 0 for all others.");
            if (fault.Delay < TimeSpan.Zero || fault.Delay.Ticks % TimeSpan.TicksPerMillisecond != 0)
                problems.Add($"Paper venue: fault {fault.Kind} delays by {fault.Delay}; expected whole milliseconds, 0 or more.");
        }
    }
}

/// <summary>A one-way latency: <paramref name="Base"/> plus a part of <paramref name="Jitter"/>, drawn evenly. Whole milliseconds.</summary>
public readonly record struct PaperLatency(TimeSpan Base, TimeSpan Jitter)
{
    internal bool IsWholeMilliseconds =>
        Base >= TimeSpan.Zero && Jitter >= TimeSpan.Zero
        && Base.Ticks % TimeSpan.TicksPerMillisecond == 0 && Jitter.Ticks % TimeSpan.TicksPerMillisecond == 0;

    internal long DrawMs(ulong hash) =>
        (Base.Ticks / TimeSpan.TicksPerMillisecond) + StableHash.Below(hash, (Jitter.Ticks / TimeSpan.TicksPerMillisecond) + 1);
}
