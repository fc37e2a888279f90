using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Dolphin.Backtest.Placement;
using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Domain.OrderBooks;
using Dolphin.Node.Plan;
using Dolphin.Node.Report;
using Dolphin.Node.Screen;
using Dolphin.Venues.Binance.Recordings;
using Dolphin.Venues.Binance.Streams;
using Dolphin.Venues.Paper;
using Dolphin.Web;

namespace Dolphin.Node.Cli;

/// <summary>Works the same quantity again and again through a recorded order book, resting first and taking at once, and compares. Reads only.</summary>
internal sealed class BookPlaceVerb(Terminal terminal)
{
    public int Run(BookPlaceOptions options, bool json, CancellationToken cancellation)
    {
        DataPaths.RequireFiles(options.DataPaths);
        var loaded = TradingPlan.Load(options.PlanPath, Environment.GetEnvironmentVariable);
        var plan = loaded.Plan ?? throw loaded.ToException(options.PlanPath);
        var tape = new Tape(options, plan, json ? null : terminal);
        try
        {
            TickPlayer.Play(options.DataPaths, options.Symbol, tape, cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new CliException(ExitCode.DataInvalid, $"The recording cannot be played: {e.Message}");
        }

        if (tape.Objection is { } why) throw new CliException(ExitCode.DataInvalid, $"The recording cannot be played: {why}");
        var report = tape.Report();
        if (json) terminal.Out.WriteLine(JsonSerializer.Serialize(report, RunJson.Indented));
        else PlacementText.Write(terminal.Out, report);
        return (int)ExitCode.Ok;
    }

    private sealed class Tape(BookPlaceOptions options, TradingPlan plan, Terminal? terminal) : ITickListener
    {
        private static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(2);

        private readonly PaperPolicy _venue = plan.Paper.Unseeded;
        private readonly Stopwatch _told = Stopwatch.StartNew();
        private Symbol _symbol;
        private PlacementTrial? _trial;
        private DateTimeOffset? _from;
        private DateTimeOffset _to;
        private bool _wasWhole;

        public void Begin(Symbol symbol, SymbolGrid grid)
        {
            _symbol = symbol;
            var lot = grid.Quantity.ToDecimal(1);
            var lots = options.Quantity / lot;
            if (lots != decimal.Truncate(lots) || lots is < 1m or > 1e15m)
                throw new CliException(ExitCode.Usage, string.Create(CultureInfo.InvariantCulture, $"--quantity {options.Quantity}: expected a whole number of lots of {lot} {symbol}, from one. Nothing was placed."));
            _trial = new PlacementTrial(new PlacementTrialOptions(
                plan.Execution.Placement.Policy, (long)lots, LeastLots: 1, options.Every, options.Side, options.MayTake, _venue.Outbound.Base, _venue.Inbound.Base));
        }

        public void Advance(DateTimeOffset at)
        {
            _from ??= at;
            _to = at;
            _trial!.Advance(at);
            if (terminal is null || _told.Elapsed < TellEvery) return;
            _told.Restart();
            terminal.Error.WriteLine($"{_symbol} at {Figures.Time(at)}: {_trial.Smart.Placements} placements");
        }

        /// <summary>Why there is nothing to compare; null if there is.</summary>
        public string? Objection =>
            !_wasWhole ? $"expected a snapshot of {_symbol} that a diff follows on; its book was never whole. Nothing was placed. What is wrong says: dolphin book verify --data {string.Join(' ', options.DataPaths)}"
            : _trial is { Smart.Placements: 0, Taking.Placements: 0 }
                ? string.Create(CultureInfo.InvariantCulture, $"expected time for one placement each {options.Every.TotalSeconds:0.###} s (--every) that ends; the recording of {_symbol} is {(_to - (_from ?? _to)).TotalSeconds:0.#} s long.")
            : null;

        public void OnBook(OrderBook? book, DateTimeOffset at)
        {
            _wasWhole |= book is { IsCrossed: false };
            _trial!.OnBook(book, at);
        }

        public void OnTrade(in Trade trade, DateTimeOffset at) => _trial!.OnTrade(trade.At, trade.Taker, at);

        public PlacementReport Report() => new(
            options.DataPaths, _symbol, _from ?? _to, _to, new Quantity(options.Quantity), options.Every, InBps(_venue.MakerFee), InBps(_venue.TakerFee),
            _venue.Outbound.Base, _venue.Inbound.Base, options.MayTake, _trial!.Unended, _trial.Adverse.Bps, [_trial.Smart, _trial.Taking], _trial.Queues);

        private static Bps InBps(decimal share) => new(share * 10_000m);
    }
}
