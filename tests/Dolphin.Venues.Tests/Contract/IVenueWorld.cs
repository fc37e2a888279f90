using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Venues;

namespace Dolphin.Venues.Tests.Contract;

/// <summary>A venue together with the market around it: what a contract story can do to both, and what the client heard.</summary>
/// <remarks>Time begins at <see cref="Terms.Start"/> and moves only in <see cref="Run"/>. Bars are one minute long. A real venue's driver
/// plays the market through its own fake server.</remarks>
public interface IVenueWorld
{
    /// <summary>Everything the client was told so far, in the order it was told.</summary>
    IReadOnlyList<VenueEvent> Heard { get; }

    void Send(VenueCommand command);

    /// <summary>The client is gone and another one opens in its place; what it hears comes after what was heard before.</summary>
    void Reopen();

    /// <summary>Begins the next minute. The price of each symbol runs open, low, high, close (open, high, low, close if it falls), a third of
    /// the minute each.</summary>
    void OpenMinute(params ReadOnlySpan<Candle> candles);

    /// <summary>Lets time pass; at the end of the minute the bars are closed.</summary>
    void Run(TimeSpan duration);

    /// <summary>The next new order meets this trouble: its answer is an unknown outcome, whether it was executed or not.</summary>
    void AnswerUnknown(ClientOrderId id, bool executed);
}

public sealed record Candle(Symbol Symbol, decimal Open, decimal High, decimal Low, decimal Close, decimal Volume);

/// <summary>What every venue under contract is set up with.</summary>
/// <param name="Wallet">Quote.</param>
/// <param name="Funding">One rate for each symbol at each time.</param>
public sealed record Terms(Money Wallet, IReadOnlyList<FundingRate> Funding)
{
    public static readonly DateTimeOffset Start = new(2026, 1, 5, 8, 0, 0, TimeSpan.Zero);
    public static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    public const decimal MakerFee = 0.0002m;
    public const decimal TakerFee = 0.0005m;
    public const decimal Leverage = 10m;
    /// <summary>Fraction of a bar's volume that can be had.</summary>
    public const decimal Participation = 0.1m;
    /// <summary>A taker's price is at most this fraction away from the market.</summary>
    public const decimal WorstSlip = 0.001m;

    public static readonly Symbol Btc = new("BTCUSDT");
    public static readonly Symbol Eth = new("ETHUSDT");

    public static readonly Instrument[] Instruments =
    [
        Listed(Btc, tick: 0.1m, lot: 0.001m),
        Listed(Eth, tick: 0.05m, lot: 0.005m), // Steps that are not powers of ten, so that precision and step differ.
    ];

    public static readonly Terms Ordinary = new(new Money(10_000m), []);

    private static Instrument Listed(Symbol symbol, decimal tick, decimal lot) => new(
        symbol, tick, lot, MinQuantity: new(2m * lot), MinNotional: new(5m), PercentPrice: 0.1m,
        [
            new(new(50_000m), 125m, 0.004m, new(0m)),
            new(new(250_000m), 50m, 0.005m, new(50m)),
            new(new(1_000_000m), 5m, 0.01m, new(1_300m)),
        ]);
}
