using System.Collections.Immutable;
using Dolphin.Domain.Market;
using Dolphin.Node.Cli;
using Dolphin.Node.Plan;
using Dolphin.Venues.Binance.Live;
using Dolphin.Venues.Binance.Rest;
using Serilog;

namespace Dolphin.Node.Running;

/// <summary>What Binance lists, before anything is built on it.</summary>
internal static class BinanceListing
{
    /// <remarks>
    /// A venue that does not answer is waited for, as <see cref="VenueSearch"/> does. Who is refused for asking too much waits until the venue's time is over: ended and started
    /// again he would ask within the ban, and make it longer.
    /// </remarks>
    /// <exception cref="CliException">The venue does not say.</exception>
    public static async Task<ExchangeInfo> ReadAsync(FeedSettings feed, HostBudget budget, ILogger log, CancellationToken cancellation)
    {
        using var rest = new PublicRest(feed, budget, TimeProvider.System);
        var (began, told) = (TimeProvider.System.GetTimestamp(), false);
        while (true)
        {
            try
            {
                var listed = await rest.ListAsync(cancellation);
                foreach (var refused in listed.Refused) log.Debug("Not to be traded: {Why:l}", refused);
                return listed;
            }
            catch (RestException e) when (e.IsRefusal)
            {
                log.Warning("{Why:l} Nothing is asked for {Seconds:0} s, and then again", e.Message, budget.ClosedFor.TotalSeconds);
            }
            catch (RestException e)
            {
                if (TimeProvider.System.GetElapsedTime(began) > VenueSearch.Patience)
                    throw new CliException(ExitCode.VenueUnavailable, $"{feed.Rest} does not say what is listed. {e.Message} Nothing was started.");
                if (!told) log.Information("{Rest} does not say what is listed yet: {Why:l} It is waited for up to {Seconds} s", feed.Rest, e.Message, VenueSearch.Patience.TotalSeconds);
                told = true;
                await Task.Delay(VenueSearch.Pause, cancellation);
            }
        }
    }

    /// <summary>
    /// What is wanted and traded, and what was traded in an earlier life, whatever has become of it: what is held of it is to be looked after, and the cash of the account is
    /// the sum over all of them.
    /// </summary>
    /// <param name="wanted">Null: every perpetual contract in USDT that is traded and has no end.</param>
    /// <param name="traded">See <see cref="TradedSymbols"/>.</param>
    /// <exception cref="CliException">One that is wanted is not traded and never was, or there is none at all.</exception>
    public static ImmutableArray<Symbol> SymbolsOf(ImmutableArray<Symbol>? wanted, ExchangeInfo listed, IEnumerable<Symbol> traded)
    {
        if (wanted is not { } symbols)
        {
            symbols = [.. listed.Symbols.Values.Where(s => s is { IsTrading: true, ContractType: "PERPETUAL", QuoteAsset: "USDT", Delivery: null }).Select(s => s.Symbol).Union(traded).Order()];
            return symbols.IsEmpty ? throw new CliException(ExitCode.DataInvalid, "The venue trades no perpetual contract in USDT; expected one at least. Nothing was started.") : symbols;
        }
        var missing = symbols.Except(traded).Select(symbol => (Symbol: symbol, Why: Objection(symbol, listed))).Where(s => s.Why is not null).ToList();
        if (missing.Count == 0) return [.. symbols.Order()];
        throw new CliException(ExitCode.DataInvalid, $"{Verbs.Count(missing.Count, "symbol")} of the plan cannot be traded there. Nothing was started.",
            [.. missing.Select(m => new CliDetail("error", "dolphin.universe.symbols", null, null, null, $"{m.Symbol}: expected TRADING; {m.Why}."))]);
    }

    /// <summary>What the venue allows, with the plan's leverage brackets.</summary>
    public static IEnumerable<KeyValuePair<Symbol, Instrument>> InstrumentsOf(ImmutableArray<Symbol> symbols, ExchangeInfo listed, TradedSymbols traded, InstrumentPlan plan)
    {
        foreach (var symbol in symbols)
        {
            if (!listed.Symbols.TryGetValue(symbol, out var now))
            {
                var decimals = traded.Decimals[symbol]; // It is not traded here any more: its steps are those of what was.
                yield return new(symbol, plan.For(symbol, decimals.Price, decimals.Volume));
                continue;
            }
            var known = plan.For(symbol, 0, 0);
            var errors = new List<string>();
            var instrument = Instruments.Create(symbol, now.TickSize, now.LotSize, now.MinQuantity, now.MinNotional, now.PercentPrice ?? known.PercentPrice, known.Brackets, errors)
                ?? throw new CliException(ExitCode.DataInvalid, $"What the venue says of {symbol} makes no sense: {string.Join(" ", errors)} Nothing was started.");
            yield return new(symbol, instrument);
        }
    }

    private static string? Objection(Symbol symbol, ExchangeInfo listed) =>
        !listed.Symbols.TryGetValue(symbol, out var found) ? listed.Refused.FirstOrDefault(r => r.StartsWith($"{symbol}:", StringComparison.Ordinal))?.TrimEnd('.') ?? "the venue does not list it"
        : found.IsTrading ? null : $"it is {found.Status}";
}
