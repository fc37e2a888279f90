using System.Collections.Immutable;
using Dolphin.Actors.Compression;
using Dolphin.Actors;
using Dolphin.Actors.Alpha;
using Dolphin.Actors.Balancing;
using Dolphin.Actors.Execution;
using Dolphin.Actors.Hedging;
using Dolphin.Actors.Market;
using Dolphin.Actors.Node;
using Dolphin.Actors.Strategies;
using Dolphin.Backtest.Replay;
using Dolphin.Data;
using Dolphin.Data.Recording;
using Dolphin.Data.Simulation;
using Dolphin.Domain.Hedging;
using Dolphin.Domain.Market;
using Dolphin.Domain.Reporting;
using Dolphin.Domain.Sizing;
using Dolphin.Node.Cli;
using Dolphin.Node.Plan;
using Dolphin.Venues.Binance.Live;
using Dolphin.Venues.Binance.Recordings;
using Dolphin.Venues.Paper;
using Dolphin.Venues.Remote;
using Serilog;

namespace Dolphin.Node.Running;

/// <summary>The composition root: puts market, plan, venue, journals and actors together. Decides nothing that costs money.</summary>
public sealed class RunMachinery : IRunMachinery
{
    public async Task<IRunningNode> StartAsync(RunOptions options, TradingPlan plan, ILogger log, CancellationToken cancellation)
    {
        var seed = options.Seed ?? plan.Simulation.Seed;
        if (options.Market == MarketKind.Sim && options.Speed == Speed.Real)
            return await StateRefusalsAsync(options.StateFolder, () => LiveNode.StartAsync(Live(options, plan, seed), log, cancellation));
        if (options.Market == MarketKind.Binance)
        {
            var live = await BinanceAsync(options, plan, seed, log, cancellation);
            return await StateRefusalsAsync(options.StateFolder, () => LiveNode.StartAsync(live, log, cancellation));
        }
        if (options.Market == MarketKind.Remote)
        {
            var live = await RemoteAsync(options, plan, seed, log, cancellation);
            if (options.Cluster is { } cluster) return await StateRefusalsAsync(options.StateFolder, () => ClusterEdition.StartAsync(cluster, live, log, cancellation));
            return await StateRefusalsAsync(options.StateFolder, () => LiveNode.StartAsync(live, log, cancellation));
        }

        var market = options.Market == MarketKind.Replay ? Market(options.DataPaths, options.From, options.To, options.Bar, plan, log) : Simulation(options, plan, seed);
        return await StateRefusalsAsync(options.StateFolder, async () => ReplayNode.Start(Replay(options, plan, market, seed), options, log));
    }

    public async Task<IRunningVenue> StartVenueAsync(VenueOptions options, TradingPlan plan, ILogger log, CancellationToken cancellation)
    {
        var seed = options.Seed ?? plan.Simulation.Seed;
        var setup = VenueSetup.Of(options, plan, seed, log);
        return await StateRefusalsAsync(options.StateFolder, () => VenueNode.StartAsync(setup, log, cancellation));
    }

    public Task<StateCopyReport> CopyStateAsync(CopyOptions options, Action<string> say, CancellationToken cancellation) =>
        StateRefusalsAsync(options.StateFolder, () => ClusterEdition.CopyAsync(options, say, cancellation));

    public IRunView? OpenState(string stateFolder)
    {
        try
        {
            StoredRun.RequireWhole(stateFolder);
            return StoredRun.Open(stateFolder);
        }
        catch (Exception e) when (IsRefusal(e))
        {
            throw Refused(stateFolder, e);
        }
    }

    private static LiveOptions Live(RunOptions options, TradingPlan plan, long seed)
    {
        if (options.From is not null)
            throw new CliException(ExitCode.Usage, "--from is for a market at another speed than real: in real time it begins now. Nothing was started.");
        var world = new WorldPlan((ulong)seed, plan.Simulation.LiveInterval, plan.Simulation.Assets);
        // When it began is in the folder; what it is, is the same market whenever it begins.
        var market = world.MarketFrom(DateTimeOffset.UnixEpoch);
        var factors = ExternalFactorsSetup.Of(options, plan, SymbolsOf(plan, market.Symbols), isReplay: false);
        return new LiveOptions(
            Chained(LiveNodePlan(NodePlanOf(plan, market, plan.Survival.Pulse), world.Interval), options, plan, world.Interval, seed, factors), new OutsidePlan.Simulated(LiveVenue(PolicyOf(plan, market.Symbols, market.DecimalsOf, seed), world.Interval), world),
            new RunIdentity(RunIdentity.CurrentFormat, Edition.Name, "sim", market.Fingerprint, factors.Over(plan.Fingerprint), seed, null, null, plan.Account.Capital.Quote),
            new StateFolder(options.StateFolder), plan.Journal, options.To);
    }

    private static async Task<LiveOptions> RemoteAsync(RunOptions options, TradingPlan plan, long seed, ILogger log, CancellationToken cancellation)
    {
        if (options.From is not null)
            throw new CliException(ExitCode.Usage, "--from is for a market at another speed than real: in real time it begins now. Nothing was started.");
        var address = RemoteAddress.TryParse(options.Venue!, VenueSecret.Read(options.SecretFile))
            ?? throw new CliException(ExitCode.Usage, $"--venue {options.Venue}: expected an address such as ws://127.0.0.1:7788. Nothing was started.");
        var venue = await VenueSearch.FindAsync(address, log, cancellation);
        if (venue.Deposit != plan.Account.Capital)
            throw new CliException(ExitCode.ConfigInvalid, $"The account at {address} began with {venue.Deposit}, the plan's dolphin.account.capital is {plan.Account.Capital}; expected the same. Nothing was started.");
        var factors = ExternalFactorsSetup.Of(options, plan, SymbolsOf(plan, [.. venue.Symbols.Select(s => s.Symbol)]), isReplay: false);
        var listed = venue.Symbols.ToDictionary(s => s.Symbol, s => new Decimals(s.PriceDecimals, s.VolumeDecimals));
        return new LiveOptions(
            Chained(LiveNodePlan(NodePlanOf(plan, [.. venue.Symbols.Select(s => s.Symbol)], s => listed[s], plan.Survival.Pulse), venue.Recorded), options, plan, venue.Interval, seed, factors), new OutsidePlan.Remote(address, venue),
            new RunIdentity(RunIdentity.CurrentFormat, Edition.Name, "remote", venue.Venue, factors.Over(plan.Fingerprint), seed, null, null, plan.Account.Capital.Quote),
            new StateFolder(options.StateFolder), plan.Journal, options.To);
    }

    private static async Task<LiveOptions> BinanceAsync(RunOptions options, TradingPlan plan, long seed, ILogger log, CancellationToken cancellation)
    {
        if (options.From is not null)
            throw new CliException(ExitCode.Usage, "--from is for a market at another speed than real: in real time it begins now. Nothing was started.");
        var (feed, bar) = (plan.Binance.Feed with { Queues = plan.Execution.Placement.Reach }, options.Bar ?? plan.Binance.Bar);
        if (VenueSetup.Objection(bar) is { } objection) throw new CliException(ExitCode.Usage, objection);
        if (BinancePlan.TooLong(bar, feed) is { } tooLong) throw new CliException(ExitCode.Usage, $"The bar {tooLong}. Nothing was started.");
        var budget = new HostBudget(feed.WeightShare, SteadyClock.Machine);
        var listed = await BinanceListing.ReadAsync(feed, budget, log, cancellation);
        var traded = await StateRefusalsAsync(options.StateFolder, () => Task.FromResult(TradedSymbols.Read(new StateFolder(options.StateFolder))));
        var symbols = BinanceListing.SymbolsOf(plan.Symbols, listed, traded.Decimals.Keys);
        // What the venue allows goes before what the plan says of it, but for the brackets: those it tells only who has a key.
        plan = plan with { Instruments = plan.Instruments with { Known = plan.Instruments.Known.SetItems(BinanceListing.InstrumentsOf(symbols, listed, traded, plan.Instruments)) } };
        var (interval, source, factors) = (bar, $"{feed.Streams} {feed.Rest}", ExternalFactorsSetup.Of(options, plan, symbols, isReplay: false, budget));
        return new LiveOptions(
            Chained(LiveNodePlan(NodePlanOf(plan, symbols, Whole, plan.Survival.Pulse), interval), options, plan, interval, seed, factors) with { HasBooks = true },
            new OutsidePlan.Binance(LiveVenue(PolicyOf(plan, symbols, Whole, seed), interval), feed, listed, budget, bar, traded.LastPrices),
            new RunIdentity(RunIdentity.CurrentFormat, Edition.Name, "binance", source, factors.Over(plan.Fingerprint), seed, null, null, plan.Account.Capital.Quote, BarMs: (long)bar.TotalMilliseconds),
            new StateFolder(options.StateFolder), plan.Journal, options.To);

        static Decimals Whole(Symbol _) => default; // Every instrument is known: nothing is inferred from decimals.
    }

    // "So many bars in a row" is meant for bars of a minute: shorter ones have to show the same for as long, or a quiet half minute ends a strategy.
    private static NodePlan LiveNodePlan(NodePlan plan, TimeSpan interval)
    {
        if (interval >= TimeSpan.FromMinutes(1)) return plan;
        const int most = 100_000;
        return plan with { Assets = [.. plan.Assets.Select(a => a with { Strategies = [.. a.Strategies.Select(Lasting)] })] };

        StrategyPlan Lasting(StrategyPlan strategy) => strategy is HedgePlan hedge ? hedge with { Policy = LastingPolicy(hedge.Policy) } : strategy;

        HedgePolicy LastingPolicy(HedgePolicy policy)
        {
            var checks = Math.Min(most, (int)(policy.Settings.ExitChecks * (TimeSpan.FromMinutes(1) / interval)));
            var errors = new List<string>();
            return HedgePolicy.Create(policy.Settings with { ExitChecks = checks }, "dolphin.hedging", errors)
                ?? throw new CliException(ExitCode.ConfigInvalid, string.Join(" ", errors));
        }
    }

    // What sizes a position besides the strategy and R_total: it depends on the run's seed and on how long its bars are.
    // A replay says when it begins; what is not one begins now.
    private static NodePlan Chained(NodePlan node, RunOptions options, TradingPlan plan, TimeSpan interval, long seed, ExternalFactorsSetup factors, DateTimeOffset? replayFrom = null)
    {
        var forewarner = ForewarnerSetup.Of(options, plan, [.. node.Assets.Select(a => a.Symbol)], interval, seed, replayFrom);
        var errors = new List<string>();
        var divergence = plan.Divergence?.For(interval, seed, errors);
        if (plan.Scan?.Objection(node.Assets.Length) is { } objection) throw new CliException(ExitCode.ConfigInvalid, $"dolphin.scan: {objection}. Nothing was started.");
        if (plan.Alpha is not null && node.Assets.Length > AlphaPlan.MostAssets)
            throw new CliException(ExitCode.ConfigInvalid, $"dolphin.alpha: the universe has {node.Assets.Length} assets; expected at most {AlphaPlan.MostAssets}, or dolphin.alpha.enabled = false. Nothing was started.");
        if (node.Assets.Any(a => a.Hermes is not null || a.Strategies.Any(s => s is CompressionPlan { Regime: not null })) && plan.Strategies.Regime.Objection(interval) is { } unread)
            throw new CliException(ExitCode.ConfigInvalid, $"dolphin.hermes.regime.slot: {unread} Nothing was started.");
        var period = plan.Scan?.Interval > interval ? plan.Scan.Interval : interval;
        return errors.Count == 0
            ? node with
            {
                Divergence = divergence, Sizing = plan.Sizing?.For(plan.Account.Capital, seed), Scan = plan.Scan, Esof = plan.Esof?.For(node.Survival), Factors = factors.Plan,
                Alpha = plan.Alpha?.For(period), Forewarner = forewarner,
            }
            : throw new CliException(ExitCode.ConfigInvalid, $"Bars of {interval} are too long to compare venues by: {string.Join(" ", errors)} Nothing was started.");
    }

    // What can be taken at once stands in the book, however short the bars: the part of a bar's volume is meant for bars of a minute.
    internal static PaperPolicy LiveVenue(PaperPolicy policy, TimeSpan interval) => interval >= TimeSpan.FromMinutes(1)
        ? policy
        : policy with { Participation = Math.Min(1m, policy.Participation * (decimal)(TimeSpan.FromMinutes(1) / interval)) };

    internal static ReplayOptions Replay(RunOptions options, TradingPlan plan, IMarketSource market, long seed)
    {
        var (from, to) = market is SimulatedMarket
            ? (options.From ?? plan.Simulation.Start, options.To ?? (options.From ?? plan.Simulation.Start) + plan.Simulation.Span)
            : market.Span;
        var factors = ExternalFactorsSetup.Of(options, plan, SymbolsOf(plan, market.Symbols), isReplay: true);
        var (node, venue) = (NodePlanOf(plan, market, market.Interval), PolicyOf(plan, market.Symbols, market.DecimalsOf, seed));
        if (market.HasBooks) (node, venue) = (LiveNodePlan(node, market.Interval) with { HasBooks = true }, LiveVenue(venue, market.Interval));
        return new ReplayOptions(
            Chained(node, options, plan, market.Interval, seed, factors, from), venue, market,
            new RunIdentity(RunIdentity.CurrentFormat, Edition.Name, options.Market.ToString().ToLowerInvariant(), market.Fingerprint, factors.Over(plan.Fingerprint),
                seed, options.From, options.To, plan.Account.Capital.Quote),
            new StateFolder(options.StateFolder), from.ToUnixTimeMilliseconds(), to.ToUnixTimeMilliseconds(), options.Speed.Factor,
            plan.Replay.CheckpointEveryBars, plan.Journal.ToSettings());
    }

    /// <summary>The plan for exactly the symbols that both the plan wants and the market has.</summary>
    /// <param name="pulse">How often the sensors report. In virtual time once a bar: the world changes no more often.</param>
    internal static NodePlan NodePlanOf(TradingPlan plan, IMarketSource market, TimeSpan pulse) => NodePlanOf(plan, market.Symbols, market.DecimalsOf, pulse);

    private static NodePlan NodePlanOf(TradingPlan plan, ImmutableArray<Symbol> listed, Func<Symbol, Decimals> decimalsOf, TimeSpan pulse)
    {
        var symbols = SymbolsOf(plan, listed);
        var assets = symbols.Select(symbol => plan.Strategies.AssetOf(symbol, InstrumentOf(plan, symbol, decimalsOf(symbol)), symbols.Length));
        var survival = plan.Survival with { Pulse = pulse };
        var e = plan.Execution;
        return new NodePlan([.. assets], survival, plan.Shock, new ExecutionPolicy(
            e.CareEvery, e.OrderLife, e.AnswerTimeout, e.NotFoundAfter, e.ExpectedTakerSlippageBps, e.PassiveOffset, e.FlattenOnPanic) { Placement = e.Placement.ToPlan() },
            plan.Account.Capital, new VenueFees(plan.Paper.Unseeded.MakerFee, plan.Paper.Unseeded.TakerFee),
            plan.Balancer is { } limits ? new BalancerPlan(limits, plan.Account.Leverage) : null);
    }

    /// <exception cref="CliException">None is both wanted and listed.</exception>
    internal static ImmutableArray<Symbol> SymbolsOf(TradingPlan plan, ImmutableArray<Symbol> listed)
    {
        var symbols = plan.Symbols is { } wanted ? [.. listed.Intersect(wanted).Order()] : listed;
        return symbols.IsEmpty
            ? throw new CliException(ExitCode.DataInvalid, $"The market has none of the plan's symbols; it has {string.Join(", ", listed.Take(20))}. Nothing was started.")
            : symbols;
    }

    /// <summary>The paper venue's terms, checked against the market it is to play.</summary>
    /// <exception cref="CliException">The account would hold what the market does not have, or not in such a quantity.</exception>
    internal static PaperPolicy PolicyOf(TradingPlan plan, ImmutableArray<Symbol> listed, Func<Symbol, Decimals> decimalsOf, long seed)
    {
        var policy = plan.Paper.ToPolicy((ulong)seed);
        foreach (var position in policy.Positions)
        {
            var path = $"dolphin.venue.paper.positions.{position.Symbol}.{position.Leg.ToString().ToLowerInvariant()}";
            if (!listed.Contains(position.Symbol))
                throw new CliException(ExitCode.DataInvalid, $"{path}: the market does not have {position.Symbol}; it has {string.Join(", ", listed.Take(20))}. Nothing was started.");
            if (position.Objection(InstrumentOf(plan, position.Symbol, decimalsOf(position.Symbol))) is { } objection)
                throw new CliException(ExitCode.DataInvalid, $"{path}.quantity {objection}, as the recording shows it. Nothing was started.");
        }

        if (plan.Strategies.OutOfReach(policy.Positions, symbol => InstrumentOf(plan, symbol, decimalsOf(symbol))).FirstOrDefault() is { } unreachable)
            throw new CliException(ExitCode.ConfigInvalid, $"{unreachable} Nothing was started.");
        return policy;
    }

    internal static Instrument InstrumentOf(TradingPlan plan, Symbol symbol, Decimals decimals) => plan.Instruments.For(symbol, decimals.Price, decimals.Volume);

    /// <summary>What was recorded as a market to replay: bars as they are, raw messages as bars and books.</summary>
    /// <param name="bar">How long the bars of raw messages take; null as long as they usually do.</param>
    /// <exception cref="CliException">It cannot be read, or it has bars and somebody says how long those take.</exception>
    internal static IMarketSource Market(ImmutableArray<string> paths, DateTimeOffset? from, DateTimeOffset? to, TimeSpan? bar, TradingPlan plan, ILogger log)
    {
        try
        {
            if (!paths.IsEmpty && paths.All(File.Exists) && BookTape.IsRaw(paths[0]))
                return BookTape.Read(paths, plan.Symbols is [var only] ? only : null, bar ?? BarOfMessages, from, to, plan.Binance.Feed.NearBps, plan.Execution.Placement.Reach);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new CliException(ExitCode.DataInvalid, $"The recording cannot be played: {e.Message} Nothing was started.");
        }

        if (bar is not null) throw new CliException(ExitCode.Usage, "--bar is for raw messages: the bars of this recording are as long as they were recorded. Nothing was started.");
        return Recording(paths, from, to, plan, log);
    }

    // As often as the venue tells of its books.
    private static readonly TimeSpan BarOfMessages = TimeSpan.FromMilliseconds(100);

    internal static BarTape Recording(ImmutableArray<string> paths, DateTimeOffset? from, DateTimeOffset? to, TradingPlan plan, ILogger log)
    {
        try
        {
            var tape = RecordingReader.Read(paths, new ReadOptions(from, to, plan.Symbols, Limits: plan.Replay.Limits));
            foreach (var note in tape.Notes) log.Information("{Note:l}", note);
            return tape;
        }
        catch (RecordingException e)
        {
            throw DataRefusal.Of(e, "--data");
        }
    }

    private static SimulatedMarket Simulation(RunOptions options, TradingPlan plan, long seed)
    {
        var from = options.From ?? plan.Simulation.Start;
        if ((from - DateTimeOffset.UnixEpoch).Ticks % plan.Simulation.Interval.Ticks != 0)
            throw new CliException(ExitCode.Usage, $"--from {from:u} is not a multiple of the simulated bar, {plan.Simulation.Interval}; nothing was started.");
        return new SimulatedMarket((ulong)seed, from, plan.Simulation.Interval, plan.Simulation.Assets);
    }

    private static async Task<T> StateRefusalsAsync<T>(string folder, Func<Task<T>> start)
    {
        try
        {
            return await start();
        }
        catch (Exception e) when (IsRefusal(e))
        {
            throw Refused(folder, e);
        }
    }

    private static bool IsRefusal(Exception e) => e is JournalException or InvalidDataException or UnauthorizedAccessException or IOException;

    private static CliException Refused(string folder, Exception e) =>
        StorageFailure.Of(e, new StateFolder(folder), maxFileBytes: 0) ?? new CliException(ExitCode.StateRefused, $"State folder {folder}: {e.Message}");
}
