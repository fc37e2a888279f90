using System.Collections.Immutable;

namespace Dolphin.Domain.Market;

/// <summary>Builds instruments that are known to be consistent, from a venue's answer or from what a recording shows.</summary>
public static class Instruments
{
    /// <summary>Quote; Binance USD-M asks at least this of an order that opens (100 for BTCUSDT today, 5 for most symbols).</summary>
    public static readonly Money UsualMinNotional = new(5m);
    /// <summary>Fraction; PERCENT_PRICE multipliers of 1.05 and 0.95, as exchangeInfo has for most USD-M symbols.</summary>
    public const decimal UsualPercentPrice = 0.05m;

    /// <summary>
    /// Brackets for a symbol whose own table is not known. They follow the shape of the table Binance published for BTCUSDT on USD-M
    /// (125x 0.40 % to 50 k, 100x 0.50 % to 250 k, 50x 1 % to 1 M, 20x 2.5 % to 10 M, 10x 5 % to 20 M, 5x 10 % to 50 M ...), without
    /// BTCUSDT's privileged first row and with smaller caps, as altcoins have; so they ask for more margin than the venue, never for less.
    /// </summary>
    public static ImmutableArray<LeverageBracket> UsualBrackets { get; } = Brackets(
    [
        (50_000m, 75m, 0.005m), (250_000m, 50m, 0.01m), (1_000_000m, 20m, 0.025m), (5_000_000m, 10m, 0.05m),
        (10_000_000m, 5m, 0.10m), (20_000_000m, 4m, 0.125m), (50_000_000m, 3m, 0.15m), (100_000_000m, 2m, 0.25m),
        (200_000_000m, 1m, 0.50m),
    ]);

    /// <summary>Adds the maintenance amounts that make margin continuous where two brackets meet.</summary>
    public static ImmutableArray<LeverageBracket> Brackets(ReadOnlySpan<(decimal Cap, decimal MaxLeverage, decimal Rate)> rows)
    {
        var brackets = ImmutableArray.CreateBuilder<LeverageBracket>(rows.Length);
        var (amount, cap, rate) = (0m, 0m, rows.Length > 0 ? rows[0].Rate : 0m);
        foreach (var row in rows)
        {
            amount += (row.Rate - rate) * cap;
            brackets.Add(new LeverageBracket(new Money(row.Cap), row.MaxLeverage, row.Rate, new Money(amount)));
            (cap, rate) = (row.Cap, row.Rate);
        }
        return brackets.MoveToImmutable();
    }

    /// <summary>Checks everything about an instrument at once.</summary>
    /// <returns>The instrument, or null after adding every mistake to <paramref name="errors"/>.</returns>
    public static Instrument? Create(
        Symbol symbol, decimal tickSize, decimal lotSize, Quantity minQuantity, Money minNotional, decimal percentPrice,
        ImmutableArray<LeverageBracket> brackets, List<string> errors)
    {
        var before = errors.Count;
        void Expect(bool good, string message) { if (!good) errors.Add($"{symbol.Name}: {message}"); }
        if (string.IsNullOrWhiteSpace(symbol.Name)) errors.Add("An instrument needs a symbol; an empty one came.");
        Expect(tickSize > 0m, $"tick size is {tickSize}; expected above 0.");
        Expect(lotSize > 0m, $"lot size is {lotSize}; expected above 0.");
        Expect(minQuantity.Base >= 0m, $"minimum quantity is {minQuantity}; expected 0 or more.");
        Expect(lotSize <= 0m || minQuantity.Base % lotSize == 0m, $"minimum quantity {minQuantity} is not a multiple of the lot {lotSize}.");
        Expect(minNotional.Quote >= 0m, $"minimum notional is {minNotional}; expected 0 or more.");
        Expect(percentPrice is > 0m and < 1m, $"percent price is {percentPrice}; expected above 0, below 1 (0.05 = 5 %).");
        Expect(!brackets.IsDefaultOrEmpty, "there are no leverage brackets; expected at least one.");
        if (!brackets.IsDefaultOrEmpty) CheckBrackets(brackets, Expect);
        return errors.Count == before
            ? new Instrument(symbol, tickSize, lotSize, minQuantity, minNotional, percentPrice, brackets)
            : null;
    }

    /// <summary>An instrument for a recording without exchange information: its steps are the finest ones seen in the recording.</summary>
    /// <param name="priceDecimals">Most decimals seen in a price, 0 to 18.</param>
    /// <param name="volumeDecimals">Most decimals seen in a volume (base), 0 to 18.</param>
    /// <exception cref="ArgumentOutOfRangeException">Decimals outside 0 to 18.</exception>
    public static Instrument Infer(Symbol symbol, int priceDecimals, int volumeDecimals)
    {
        var lot = StepOf(volumeDecimals, nameof(volumeDecimals));
        return new Instrument(
            symbol, StepOf(priceDecimals, nameof(priceDecimals)), lot, new Quantity(lot), UsualMinNotional, UsualPercentPrice, UsualBrackets);
    }

    /// <summary>Decimals a number really has: 1.500 has one.</summary>
    public static int DecimalsOf(decimal value)
    {
        var decimals = value.Scale;
        while (decimals > 0 && decimal.Round(value, decimals - 1, MidpointRounding.ToZero) == value) decimals--;
        return decimals;
    }

    private static void CheckBrackets(ImmutableArray<LeverageBracket> brackets, Action<bool, string> expect)
    {
        for (var i = 0; i < brackets.Length; i++)
        {
            var row = brackets[i];
            expect(row.NotionalCap.Quote > (i == 0 ? 0m : brackets[i - 1].NotionalCap.Quote), $"bracket {i + 1}: cap {row.NotionalCap} does not rise.");
            expect(row.MaxLeverage >= 1m, $"bracket {i + 1}: leverage is {row.MaxLeverage}; expected 1 or more.");
            expect(row.MaintenanceMarginRate is > 0m and < 1m, $"bracket {i + 1}: maintenance rate is {row.MaintenanceMarginRate}; expected above 0, below 1.");
            expect(row.MaintenanceAmount.Quote >= 0m, $"bracket {i + 1}: maintenance amount is {row.MaintenanceAmount}; expected 0 or more.");
        }
    }

    private static decimal StepOf(int decimals, string name)
    {
        if (decimals is < 0 or > 18) throw new ArgumentOutOfRangeException(name, decimals, "A recording has 0 to 18 decimals.");
        return new decimal(1, 0, 0, isNegative: false, (byte)decimals);
    }
}
