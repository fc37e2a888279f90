using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Dolphin.Data.Recording;
using Dolphin.Data.Simulation;
using Dolphin.Domain;
using Dolphin.Domain.Balancing;
using Dolphin.Domain.Hedging;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Domain.Survival;
using Dolphin.Domain.TwoLegs;
using Dolphin.Node.Hocon;
using Dolphin.Node.Logging;
using Dolphin.Venues.Binance.Live;
using Dolphin.Venues.Paper;
using Serilog.Events;

namespace Dolphin.Node.Plan;

/// <summary>Turns the words of a plan into checked values, section by section, noting every mistake on the way.</summary>
internal sealed class PlanReader
{
    private static readonly TimeSpan Year = TimeSpan.FromDays(365);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);

    private readonly HoconObject _root;
    private readonly List<PlanProblem> _problems = [];

    private readonly Func<string, string?> _environment;

    private readonly HoconLayer _beside;

    private PlanReader(HoconObject root, Func<string, string?> environment, HoconLayer beside) => (_root, _environment, _beside) = (root, environment, beside);

    /// <param name="environment">The value of a variable, or null: some settings may be said there.</param>
    /// <param name="beside">The plan's file; what it names is looked for beside it.</param>
    public static CheckedPlan Read(HoconObject root, Func<string, string?> environment, HoconLayer beside) => new PlanReader(root, environment, beside).Read();

    private CheckedPlan Read()
    {
        foreach (var name in _root.Names.Where(n => n != "dolphin"))
        {
            _root.TryGet(name, out var node);
            _problems.Add(new PlanProblem(IsError: true, name, node!.At, $"{name} is not a known key; everything is under 'dolphin'."));
        }
        if (_root.Find("dolphin") is not HoconObject top)
        {
            var at = _root.Find("dolphin")?.At ?? _root.At;
            return new CheckedPlan(null, [new PlanProblem(IsError: true, "dolphin", at, $"dolphin is {_root.Find("dolphin")?.Describe() ?? "missing"}; expected an object.")]);
        }

        var dolphin = new PlanSection("dolphin", top, _problems);
        var account = ReadAccount(dolphin.Section("account"));
        var symbols = ReadUniverse(dolphin.Section("universe"));
        var hedging = ReadHedging(dolphin.Section("hedging"), dolphin.Section("sizing"), account, symbols);
        var strategies = StrategiesReader.Read(dolphin, hedging, symbols);
        var balancer = BalancerReader.Read(dolphin.Section("exposure-balancer"), _environment, symbols?.Length);
        var divergence = DivergenceSection.Read(dolphin.Section("divergence"));
        var scan = ScanSection.Read(dolphin.Section("scan"));
        var alpha = AlphaSection.Read(dolphin.Section("alpha"), scan is not null);
        var forewarner = ForewarnerSection.Read(dolphin.Section("forewarner"));
        var chain = SizingSection.Read(dolphin.Section("leverage"), dolphin.Section("size-learning"), alpha is not null || forewarner is not null, symbols);
        var survival = new SurvivalReader(_root, _problems).Read(dolphin.Section("survival"));
        if (forewarner is not null && survival is not null && survival.Layers.All(l => l.Id != LayerId.McForewarner || l.Response.ReadingKind != typeof(LayerReading.Envelope)))
            dolphin.Section("forewarner").Error("enabled", $"is true, and dolphin.survival.layers has no {LayerId.McForewarner} of kind envelope; expected it there, or enabled = false");
        var exf = ExfSection.Read(dolphin.Section("exf"));
        var esof = EsofSection.Read(dolphin.Section("esof"), survival);
        var shock = ReadShock(dolphin.Section("sensors").Section("shock"));
        var paper = ReadPaper(dolphin.Section("venue").Section("paper"), account);
        var instruments = ReadInstruments(dolphin.Section("instruments"));
        paper = new PaperPlan(paper.Unseeded with { Positions = ReadPositions(dolphin.Section("venue").Section("paper").Section("positions"), symbols, instruments) });
        var execution = ReadExecution(dolphin.Section("execution"), paper);
        var simulation = ReadSimulation(dolphin.Section("simulation"));
        var replay = ReadReplay(dolphin.Section("replay"));
        var journal = ReadJournal(dolphin.Section("journal"));
        var binance = ReadBinance(dolphin.Section("venues").Section("binance"));
        if (exf?.Objection(binance.Feed.WeightShare) is { } tooMuch) dolphin.Section("exf").Section("live").NoteAtTheirKeys([tooMuch]);
        var http = ReadHttp(dolphin.Section("http"));
        var log = ReadLog(dolphin.Section("log"));
        dolphin.RejectUnknown();

        if (_problems.Exists(p => p.IsError)) return new CheckedPlan(null, InOrder());
        var who = strategies();
        if (who is { Hermes: not null, Default: LegHolder.Directional } && who.Own.Values.All(h => h == LegHolder.Directional))
            dolphin.Section("hermes").Error("enabled", "is true, and every asset is traded on signals; expected one that Hermes may give to somebody, or enabled = false");
        dolphin.Section("strategies").NoteAtTheirKeys([], who.Ignored());
        dolphin.Section("protection").NoteAtTheirKeys(who.OutOfReach(paper.Unseeded.Positions, s => instruments.Known.GetValueOrDefault(s)));
        var signals = who.HasDirectional ? ReadSignals(who, symbols, dolphin.Section("directional")) : null;
        if (_problems.Exists(p => p.IsError)) return new CheckedPlan(null, InOrder());
        if (signals is not null) who = who with { Directional = who.Directional with { Signals = signals.Signals } };
        string[] unused =
        [
            .. who.IsHedgingAlone ? Younger : [], .. divergence is null ? ["divergence"] : (string[])[], .. scan is null ? ["scan"] : (string[])[], .. alpha is null ? ["alpha"] : (string[])[], .. chain is null ? ["leverage"] : (string[])[],
            .. chain?.Learning is null ? ["size-learning"] : (string[])[], .. who.HasDirectional ? [] : (string[])["directional", "exit-brain"],
            .. esof is not { Acts: true } ? ["esof"] : (string[])[], .. exf is null ? ["exf"] : (string[])[], .. forewarner is null ? ["forewarner"] : (string[])[],
        ];
        return new CheckedPlan(
            new TradingPlan(account, symbols, who, survival!, shock, paper, instruments, execution, simulation, replay, journal, http, log, Fingerprint(top, unused, balancer, signals))
            {
                Balancer = balancer, Binance = binance, Divergence = divergence, Sizing = chain, Scan = scan, Esof = esof, Exf = exf, Alpha = alpha, Forewarner = forewarner,
            },
            InOrder());
    }

    private ImmutableArray<PlanProblem> InOrder() =>
        [.. _problems.Distinct().OrderBy(p => p.At.File, StringComparer.Ordinal).ThenBy(p => p.At.Line).ThenBy(p => p.At.Column)];

    /// <returns>Null where the plan has no file, or something in it is wrong.</returns>
    private SignalFile? ReadSignals(StrategiesPlan who, ImmutableArray<Symbol>? symbols, PlanSection section)
    {
        if (who.Directional.SignalsFile is not { } name) return null;
        try
        {
            var file = _beside.Folder.Open(name, _beside.FileName);
            return SignalFile.Read(file.Shown, file.Text, symbol =>
                symbols is { } listed && !listed.Contains(symbol) ? "which is not in dolphin.universe.symbols; expected a symbol that is traded"
                : who.HolderOf(symbol) is var holder && holder != LegHolder.Directional ? $"which {holder.Name()} trades; expected a symbol whose strategy is directional"
                : IsSymbol(symbol.Name) ? null : "which is no symbol; expected one such as BTCUSDT", _problems);
        }
        catch (HoconIncludeException e)
        {
            section.Error("signals-file", $"is \"{name}\": {e.Message}");
            return null;
        }
    }

    private static AccountPlan ReadAccount(PlanSection s) => new(
        new Money(s.Number("capital", Range.Between(1m, 1_000_000_000m), "quote currency")),
        s.Number("leverage", Range.Between(1m, 125m), "times"));

    private static ImmutableArray<Symbol>? ReadUniverse(PlanSection s)
    {
        var names = s.Texts("symbols", all: "all", "symbols such as BTCUSDT", IsSymbol);
        if (names is not { } list) return null;
        if (list.IsEmpty) s.Error("symbols", "is an empty list; expected at least one symbol, or all");
        foreach (var twice in list.GroupBy(n => n, StringComparer.Ordinal).Where(g => g.Count() > 1))
            s.Error("symbols", $"has {twice.Key} {twice.Count()} times; expected each symbol once");
        return [.. list.Distinct(StringComparer.Ordinal).Select(n => new Symbol(n)).Order()];
    }

    /// <returns>How to build the plan once nothing is wrong; null only if something is.</returns>
    private Func<HedgingPlan>? ReadHedging(PlanSection hedging, PlanSection sizing, AccountPlan account, ImmutableArray<Symbol>? symbols)
    {
        var bySymbol = hedging.Section("symbols");
        var sizingBySymbol = sizing.Section("symbols");
        var (defaults, defaultShares) = Settings(hedging, sizing, account);
        // A share among a universe that is not known yet is checked as if the strategy were one of the listed, or alone.
        var strategies = Math.Max(1, symbols?.Length ?? 1);
        Check(defaults, defaultShares, hedging, warn: true);

        var own = ImmutableSortedDictionary.CreateBuilder<Symbol, (HedgeSettings, bool)>();
        var sizes = sizingBySymbol.EachSymbol(symbols, sizing).ToDictionary(e => e.Name, e => e.Section, StringComparer.Ordinal);
        var hedges = bySymbol.EachSymbol(symbols, hedging).ToDictionary(e => e.Name, e => e.Section, StringComparer.Ordinal);
        foreach (var name in hedges.Keys.Union(sizes.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var section = hedges.GetValueOrDefault(name);
            var (settings, shares) = Settings(section ?? hedging, sizes.GetValueOrDefault(name) ?? sizing, account);
            if (section is not null) Check(settings, shares, section, warn: false);
            own.Add(new Symbol(name), (settings, shares));
        }
        var owned = own.ToImmutable();
        return () => new HedgingPlan(account.Capital, defaults, defaultShares, owned);

        void Check(HedgeSettings settings, bool shares, PlanSection section, bool warn)
        {
            var errors = new List<string>();
            var share = shares ? settings with { Capital = Math.Max(0.01m, decimal.Round(account.Capital.Quote / strategies, 2, MidpointRounding.ToZero)) } : settings;
            // Mistakes in the sizing are reported there, with the keys they have there.
            var sized = share with { Fraction = Math.Clamp(share.Fraction, 0.0001m, 1m), Leverage = Math.Clamp(share.Leverage, 1m, 125m), Capital = Math.Clamp(share.Capital, 0.01m, 1e9m) };
            var policy = HedgePolicy.Create(sized, section.Path, errors);
            section.NoteAtTheirKeys(errors, warn ? policy?.Warnings(section.Path) : null);
        }
    }

    private static (HedgeSettings Settings, bool Shares) Settings(PlanSection s, PlanSection sizing, AccountPlan account)
    {
        var restart = s.Section("restart");
        var capital = sizing.NumberOr("equal", "capital-per-strategy", Range.MoreThan(0m).AtMost(1_000_000_000m), "quote currency");
        var d = new HedgeSettings();
        var settings = new HedgeSettings
        {
            // The ranges are the domain's own; it reports them with these keys. What is no number at all is looked away from there.
            Fee = s.Fraction("fee", Range.Any, "of notional, one side", d.Fee),
            K = s.Number("k", Range.Any, "fees", d.K),
            Alpha = s.Fraction("alpha", Range.Any, "of a profit", d.Alpha),
            Beta = s.Fraction("beta", Range.Any, "of the winning side", d.Beta),
            Gamma1 = s.Number("gamma1", Range.Any, "factor of C1", d.Gamma1),
            Gamma2 = s.Number("gamma2", Range.Any, "factor of C2", d.Gamma2),
            MaxRisk = s.Number("max-risk", Range.Any, "opening legs", d.MaxRisk),
            MaxInterval = s.Duration("max-interval", TimeSpan.Zero, Year, "until the next rebalance", d.MaxInterval),
            ExitChecks = s.Whole("exit-checks", 1, 100_000, "bars in a row", d.ExitChecks),
            Delta = s.Fraction("delta", Range.Any, "of MES", d.Delta),
            Eta = s.Fraction("eta", Range.Any, "of both legs", d.Eta),
            Epsilon = s.Number("epsilon", Range.Any, "quote currency", d.Epsilon),
            SigmaHorizon = s.Duration("sigma-horizon", TimeSpan.Zero, Year, "half-life", d.SigmaHorizon),
            WarmUpBars = s.Whole("warm-up-bars", 2, 1_000_000, "bars", d.WarmUpBars),
            ReopenBelow = s.FractionOr("never", "reopen-below", Range.Any, "of the opening"),
            OpeningRetry = s.Duration("opening-retry", TimeSpan.Zero, Year, "after an opening without a fill"),
            RestartAfter = Causes(restart),
            RestartCoolDown = restart.Duration("cool-down", TimeSpan.Zero, Year, "for which C1 and C3 must have been clear"),
            Capital = capital ?? account.Capital.Quote,
            Fraction = sizing.Fraction("fraction", Range.MoreThan(0m).AtMost(1m), "of the capital"),
            Leverage = sizing.Number("leverage", Range.Between(1m, 125m), "times"),
        };
        return (settings, capital is null);
    }

    private static ExitCauses Causes(PlanSection restart)
    {
        (string Word, ExitCauses Cause)[] words =
        [
            ("friction", ExitCauses.Friction), ("capital", ExitCauses.Capital), ("manual", ExitCauses.Manual),
            ("external", ExitCauses.External), ("uneven-opening", ExitCauses.UnevenOpening),
        ];
        var after = restart.Texts("after", all: null, $"causes: {string.Join(", ", words.Select(w => w.Word))}", t => words.Any(w => w.Word == t)) ?? [];
        return words.Where(w => after.Contains(w.Word, StringComparer.Ordinal)).Aggregate(ExitCauses.None, (all, w) => all | w.Cause);
    }

    private static ShockPolicy ReadShock(PlanSection s)
    {
        var fast = s.Duration("fast-half-life", Second, TimeSpan.FromDays(30), "of the variance now");
        var slow = s.Duration("slow-half-life", Second, Year, "of the variance lately");
        if (slow <= fast) s.Error("slow-half-life", $"is {PlanSection.Show(slow)}; expected more than fast-half-life, {PlanSection.Show(fast)}");
        return new ShockPolicy(
            fast, slow,
            (double)s.Number("volatility-ratio", Range.MoreThan(1m).AtMost(100m), "times the volatility lately"),
            (double)s.Fraction("breadth", Range.MoreThan(0.5m).AtMost(1m), "of the symbols that moved"),
            s.Duration("warm-up", TimeSpan.Zero, Year, "of market"));
    }

    private static PaperPlan ReadPaper(PlanSection s, AccountPlan account)
    {
        var latency = s.Section("latency");
        return new PaperPlan(new PaperPolicy(
            Seed: 0,
            account.Capital,
            s.Fraction("maker-fee", Range.MoreThan(-0.1m).LessThan(0.1m), "of notional"),
            s.Fraction("taker-fee", Range.AtLeast(0m).LessThan(0.1m), "of notional"),
            s.Fraction("liquidation-fee", Range.AtLeast(0m).LessThan(0.1m), "of notional"),
            account.Leverage,
            s.Fraction("participation", Range.MoreThan(0m).AtMost(1m), "of a bar's volume"),
            new Bps(s.Number("half-spread-bps", Range.AtLeast(0m).LessThan(1000m), "basis points")),
            new Bps(s.Number("full-impact-bps", Range.AtLeast(0m).LessThan(1000m), "basis points")),
            Latency(latency.Section("outbound"), Millisecond), // Less, and a rewound replay could not keep the order of an instant.
            Latency(latency.Section("inbound"), TimeSpan.Zero),
            new Quantity(s.Number("max-order-quantity", Range.MoreThan(0m).AtMost(1_000_000_000_000m), "base")),
            s.Whole("max-open-orders-per-symbol", 1, 100_000, "orders"),
            s.Whole("closed-orders-kept", 1, 100_000_000, "orders"),
            s.Whole("known-ids-kept", 1, 100_000_000, "ids"),
            ReadFaults(s))
        {
            FillFraction = s.Fraction("fill-fraction", Range.MoreThan(0m).AtMost(1m), "of what could be had"),
            Friction = ReadFriction(s.Section("friction")),
        });
    }

    private static PaperFriction ReadFriction(PlanSection s) => new(
        s.Fraction("entries-filled", Range.MoreThan(0m).AtMost(1m), "of orders that enter"),
        s.Fraction("exits-filled", Range.MoreThan(0m).AtMost(1m), "of orders that leave"));

    private static PaperLatency Latency(PlanSection s, TimeSpan least) =>
        new(WholeMilliseconds(s, "base", least, Hour), WholeMilliseconds(s, "jitter", TimeSpan.Zero, Hour));

    private static TimeSpan WholeMilliseconds(PlanSection s, string key, TimeSpan least, TimeSpan most)
    {
        var span = s.Duration(key, least, most, "whole milliseconds");
        if (span.Ticks % TimeSpan.TicksPerMillisecond != 0) s.Error(key, $"is {span.TotalMilliseconds} ms; expected whole milliseconds");
        return span;
    }

    private static ImmutableArray<PaperFault> ReadFaults(PlanSection s)
    {
        if (s.List("faults", "objects such as { kind = reject, rate = 1 %, id-prefix = \"\", code = -2019, delay = 0s }") is not { } list) return [];
        var faults = ImmutableArray.CreateBuilder<PaperFault>();
        for (var i = 0; i < list.Items.Length; i++)
        {
            if (s.Item("faults", i, list.Items[i]) is not { } item) continue;
            var kind = item.Choice("kind",
                ("unknown-executed", PaperFaultKind.UnknownExecuted), ("unknown-lost", PaperFaultKind.UnknownLost), ("reject", PaperFaultKind.Reject),
                ("drop-answer", PaperFaultKind.DropAnswer), ("delay-delivery", PaperFaultKind.DelayDelivery),
                ("duplicate-delivery", PaperFaultKind.DuplicateDelivery), ("reorder-delivery", PaperFaultKind.ReorderDelivery));
            var rate = item.Fraction("rate", Range.Between(0m, 1m), "how often it strikes");
            var prefix = item.Has("id-prefix") ? item.Text("id-prefix", "the beginning of a client order id, at most 36 characters", t => t.Length <= 36) : "";
            var code = item.Has("code") ? item.Whole("code", -99_999, 0, "the venue's code") : 0;
            if ((kind == PaperFaultKind.Reject) != (code < 0)) item.Error("code", $"is {code}; expected below 0 for reject, and 0 or nothing for the other kinds");
            var delay = item.Has("delay") ? WholeMilliseconds(item, "delay", TimeSpan.Zero, Day) : TimeSpan.Zero;
            faults.Add(new PaperFault(kind, (int)(rate * PaperFault.Always), prefix, code, delay));
        }
        return faults.ToImmutable();
    }

    /// <summary>One section for each symbol, with <c>long</c> or <c>short</c> or both.</summary>
    private static ImmutableArray<PaperPosition> ReadPositions(PlanSection s, ImmutableArray<Symbol>? symbols, InstrumentPlan instruments)
    {
        var positions = ImmutableArray.CreateBuilder<PaperPosition>();
        foreach (var (name, section) in s.Each())
        {
            var symbol = new Symbol(name);
            if (symbols is { } listed && !listed.Contains(symbol))
                section.Error(section.Path, section.At, $"{section.Path} is held, but the symbol is not in dolphin.universe.symbols; expected one that is traded");
            var legs = section.Each().ToList();
            if (legs.Count == 0) section.Error(section.Path, section.At, $"{section.Path} has neither long nor short; expected at least one of them");
            foreach (var (side, leg) in legs)
            {
                PositionSide? held = side switch { "long" => PositionSide.Long, "short" => PositionSide.Short, _ => null };
                if (held is null) leg.Error(leg.Path, leg.At, $"{leg.Path} is no leg; expected long or short");
                var quantity = leg.Number("quantity", Range.MoreThan(0m).AtMost(Plausible.HighestQuantity), "base");
                var entry = leg.Number("entry", Range.Between(Plausible.LowestPrice, Plausible.HighestPrice), "quote per base");
                if (held is null || quantity <= 0m || entry <= 0m) continue;
                var position = new PaperPosition(symbol, held.Value, new Quantity(quantity), Price.Of(entry));
                if (instruments.Known.TryGetValue(symbol, out var instrument) && position.Objection(instrument) is { } objection) leg.Error("quantity", objection);
                else if (position.Objection() is { } absurd) leg.Error(leg.Path, leg.At, $"{leg.Path} {absurd}");
                else positions.Add(position);
            }
        }
        return positions.ToImmutable();
    }

    private static InstrumentPlan ReadInstruments(PlanSection s)
    {
        var defaults = s.Section("defaults");
        var known = ImmutableSortedDictionary.CreateBuilder<Symbol, Instrument>();
        var minNotional = new Money(defaults.Number("min-notional", Range.NotNegative, "quote currency"));
        var percentPrice = defaults.Fraction("percent-price", Range.MoreThan(0m).LessThan(1m), "of the mark");
        var brackets = Brackets(defaults);
        foreach (var (name, row) in s.Section("symbols").Each(defaults))
        {
            var lot = row.Number("lot", Range.Positive, "base");
            var minQuantity = row.Has("min-quantity") ? row.Number("min-quantity", Range.NotNegative, "base") : lot;
            var errors = new List<string>();
            var instrument = Instruments.Create(
                new Symbol(name), row.Number("tick", Range.Positive, "quote per base"), lot, new Quantity(minQuantity),
                new Money(row.Number("min-notional", Range.NotNegative, "quote currency")),
                row.Fraction("percent-price", Range.MoreThan(0m).LessThan(1m), "of the mark"), row.Has("brackets") ? Brackets(row) : brackets, errors);
            if (instrument is not null) known[instrument.Symbol] = instrument;
            else row.ErrorsHereUnlessOthers(errors);
        }
        return new InstrumentPlan(minNotional, percentPrice, brackets, known.ToImmutable());
    }

    private static ImmutableArray<LeverageBracket> Brackets(PlanSection s)
    {
        const string shape = "rows [notional cap, highest leverage, maintenance margin rate], caps rising";
        if (s.List("brackets", shape) is not { } list) return Instruments.UsualBrackets;
        var rows = new List<(decimal Cap, decimal Leverage, decimal Rate)>();
        for (var i = 0; i < list.Items.Length; i++)
        {
            if (list.Items[i] is HoconArray { Items: [HoconText cap, HoconText leverage, HoconText rate] }
                && HoconUnits.TryNumber(cap.Text, out var c) && c > (rows.Count > 0 ? rows[^1].Cap : 0m)
                && HoconUnits.TryNumber(leverage.Text, out var l) && l is >= 1m and <= 125m
                && HoconUnits.TryFraction(rate.Text, out var r) && r is > 0m and < 1m && r >= (rows.Count > 0 ? rows[^1].Rate : 0m))
                rows.Add((c, l, r));
            else
                s.Error($"{s.Path}.brackets[{i}]", list.Items[i].At, $"{s.Path}.brackets[{i}] is {list.Items[i].Describe()}; expected {shape}, leverage 1 to 125, rate above 0, below 1 and never falling");
        }
        if (list.Items.IsEmpty) s.Error("brackets", $"is empty; expected at least one of the {shape}");
        return rows.Count > 0 ? Instruments.Brackets([.. rows]) : Instruments.UsualBrackets;
    }

    private static ExecutionPlan ReadExecution(PlanSection s, PaperPlan paper) => new(
        s.Duration("care-every", Millisecond, Day, "between two looks at open orders"),
        s.Duration("order-life", Second, TimeSpan.FromDays(30), "of an open order"),
        s.Duration("answer-timeout", Millisecond, Day, "until the venue is asked"),
        s.Duration("not-found-after", TimeSpan.FromSeconds(5), Day, "recvWindow and a margin"),
        (double)s.Number("expected-taker-slippage-bps", Range.Between(0m, 1000m), "basis points"),
        new Bps(s.Number("passive-offset-bps", Range.Between(0m, 100m), "basis points")),
        s.Choice("panic-action", ("cancel-all", false), ("flatten", true)),
        PlacementSection.Read(s.Section("placement"), paper.Unseeded));

    private static SimulationPlan ReadSimulation(PlanSection s)
    {
        var interval = s.Duration("interval", Second, Day, "length of a bar", TimeSpan.FromMinutes(1));
        if (interval.Ticks % TimeSpan.TicksPerSecond != 0) s.Error("interval", $"is {PlanSection.Show(interval)}; expected whole seconds");
        var live = s.Duration("live-interval", Second, Hour, "length of a bar in real time", Second);
        if (live.Ticks % TimeSpan.TicksPerSecond != 0 || Day.Ticks % live.Ticks != 0)
            s.Error("live-interval", $"is {PlanSection.Show(live)}; expected whole seconds that a day is a multiple of");
        var start = s.Time("start", "of the first bar");
        if (start < DateTimeOffset.UnixEpoch || (start - DateTimeOffset.UnixEpoch).Ticks % interval.Ticks != 0)
            s.Error("start", $"is {start:u}; expected a whole multiple of interval, {PlanSection.Show(interval)}, after 1970");
        var span = s.Duration("span", Hour, 10 * Year, "of market");
        var assets = s.Section("assets").Each().Select(e => ReadAsset(e.Name, e.Section)).OrderBy(a => a.Symbol).ToImmutableArray();
        if (assets.IsEmpty) s.Error("assets", "has no asset; expected at least one");
        return new SimulationPlan(s.Whole("seed", long.MinValue, long.MaxValue, "any"), interval, live, start, span, assets);
    }

    private static AssetProfile ReadAsset(string name, PlanSection s)
    {
        const int mostDecimals = 12;
        if (!IsSymbol(name)) s.Error(s.Path, s.At, $"{s.Path}: expected a symbol such as BTCUSDT, found '{name}'");
        var market = s.Fraction("market-share", Range.Between(0m, 1m), "of variance");
        var sector = s.Fraction("sector-share", Range.Between(0m, 1m), "of variance");
        if (market + sector > 1m) s.Error("sector-share", $"is {sector}; expected at most 1 together with market-share, {market}");
        return new AssetProfile(
            new Symbol(name), s.Text("sector", "a word of letters, digits and '-'", t => t.Length is > 0 and <= 64 && t.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')), s.Number("price", Range.Positive, "quote per base"),
            s.Whole("price-decimals", 0, mostDecimals, "digits"), s.Whole("volume-decimals", 0, mostDecimals, "digits"),
            (double)s.Fraction("daily-volatility", Range.MoreThan(0m).LessThan(1m), "of a day's log return"), (double)market, (double)sector,
            (double)s.Number("quote-volume", Range.MoreThan(0m).LessThan(1e15m), "quote a day"),
            (double)s.Number("trades-per-second", Range.MoreThan(0m).LessThan(1e6m), "trades"));
    }

    private static ReplayPlan ReadReplay(PlanSection s)
    {
        var limits = s.Section("limits");
        return new ReplayPlan(
            s.Whole("checkpoint-every-bars", 100L, 100_000_000L, "bars"),
            new ReadLimits(
                limits.Size("max-bytes-per-file", 1024, 1L << 40, "after decompression"),
                limits.Whole("max-ratio", 1, 10_000, "times the compressed size"),
                limits.Whole("max-rows", 1L, 10_000_000_000L, "rows"),
                limits.Number("max-price", Range.MoreThan(0m).AtMost(1e15m), "quote per base"),
                limits.Number("max-volume", Range.MoreThan(0m).AtMost(1e18m), "base per bar"),
                limits.Number("max-jump", Range.MoreThan(1m).AtMost(1e6m), "times the last close")));
    }

    private BinancePlan ReadBinance(PlanSection s)
    {
        var before = _problems.Count;
        var feed = new FeedSettings
        {
            Streams = Address("streams", "wss://fstream.binance.com"), Rest = Address("rest", "https://fapi.binance.com"),
            StreamsPerConnection = s.Whole("streams-per-connection", 3, FeedSettings.MostStreams, "streams"),
            RotateAfter = s.Duration("rotate-after", Second, Day, "the venue cuts at 24 h"),
            SilentAfter = s.Duration("silent-after", Millisecond, Hour, "without any message"),
            StaleAfter = s.Duration("stale-after", Millisecond, Hour, "without an update"),
            SnapshotLevels = s.Whole("snapshot-levels", 5, 1_000, "levels a side"),
            WeightShare = (double)s.Fraction("weight-share", Range.MoreThan(0m).AtMost(1m), "of the venue's weight for a minute"),
            LargestFrame = (int)s.Size("largest-frame", 65_536, 8 << 20, "of one message"),
            RelistEvery = s.Duration("relist-every", Second, Day, "between two looks"),
            CloseBeforeDelivery = s.Duration("close-before-delivery", TimeSpan.FromMinutes(30), TimeSpan.FromDays(30), "before the venue settles a symbol"),
            NearBps = (double)s.Number("near-bps", Range.Between(1m, 1_000m), "basis points"),
            AbsurdMove = (double)s.Fraction("absurd-move", Range.Between(0.05m, 10m), "of the price"),
            AbsurdBook = (double)s.Fraction("absurd-book", Range.Between(0.01m, 10m), "of the price"),
        };
        var bar = s.Duration("bar", Millisecond, TimeSpan.FromHours(8), "length of a bar");
        var errors = new List<string>();
        if (_problems.Count == before && !feed.Check(s.Path, errors)) s.NoteAtTheirKeys(errors);
        if (_problems.Count == before && BinancePlan.TooLong(bar, feed) is { } tooLong) s.Error("bar", tooLong);
        return new BinancePlan(feed, bar);

        // What is no address at all is noted here; which one it has to be is for the feed to say.
        Uri Address(string key, string example) =>
            Uri.TryCreate(s.Text(key, $"an address such as \"{example}\"", t => Uri.TryCreate(t, UriKind.Absolute, out _)), UriKind.Absolute, out var uri) ? uri : new Uri(example);
    }

    private static JournalPlan ReadJournal(PlanSection s) => new(
        s.Whole("queue-bound", 1, 10_000_000, "events"),
        s.Size("max-file-size", 0, 1L << 50, "0 is no bound"),
        s.Duration("write-timeout", Millisecond, Hour, "of one write"),
        s.Duration("recovery-timeout", Millisecond, Hour, "without an event"),
        s.Whole("max-concurrent-recoveries", 1, 10_000, "entities"));

    private static HttpPlan ReadHttp(PlanSection s)
    {
        var port = s.Whole("port", 1, 65_535, "TCP port");
        return new HttpPlan(s.Flag("enabled") ? new IPEndPoint(IPAddress.Loopback, port) : null);
    }

    private static LogPolicy ReadLog(PlanSection s) => new(
        s.Choice("level", ("information", LogEventLevel.Information), ("verbose", LogEventLevel.Verbose), ("debug", LogEventLevel.Debug),
            ("warning", LogEventLevel.Warning), ("error", LogEventLevel.Error)),
        s.Size("file-size", 65_536, 1L << 30, "of one log file"),
        s.Whole("files", 1, 1000, "log files"));

    /// <summary>Binance's names are capital letters and digits, but for a few in Chinese: no blanks, no separators, nothing a file name cannot have.</summary>
    private static bool IsSymbol(string text) => text.Length is > 0 and <= 32 && text.All(char.IsLetterOrDigit);

    /// <summary>What can change no decision may differ between two starts of one run. (How often a replay saves a checkpoint is compared by itself. What the
    /// exposure balancer really uses is added where there is one: a part of it may come from the environment.)</summary>
    private static readonly string[] NotInFingerprint = ["http", "log", "journal", "replay", "exposure-balancer", "venues"];

    /// <summary>Sections that did not exist when the first runs were stored: as long as they say what was always so, they say nothing.</summary>
    private static readonly string[] Younger = ["strategies", "compression", "protection", "hermes"];

    private static string Fingerprint(HoconObject dolphin, string[] unused, BalancerPolicy? balancer, SignalFile? signals)
    {
        var text = new StringBuilder();
        foreach (var name in dolphin.Names.Except([.. NotInFingerprint, .. unused], StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            dolphin.TryGet(name, out var value);
            text.Append(name).Append('=');
            Canonical(value!, text, name);
        }
        if (balancer is not null) text.Append("exposure-balancer=").Append(BalancerReader.Canonical(balancer.Settings));
        if (signals is not null) text.Append("signals=").Append(signals.Hash);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    /// <summary>Younger keys of older sections: as long as they say what was always so, they say nothing either.</summary>
    private static bool SaysNothing(string path, HoconValue value) => path switch
    {
        "survival.layers.L8_ESOF_SERVICE.most-shaved" => value is HoconText text && HoconUnits.TryFraction(text.Text.Trim(), out var most) && most == 0.02m,
        "exf.files" => true, // The same, and of where live factors are asked for.
        "exf.live" => true,
        "directional.signals-file" => true, // What is in it says it, not what it is called.
        "execution.placement" => value is HoconObject placement && placement.TryGet("enabled", out var on) && on is HoconText { Text: "false" },
        "scan.shards" => true, // Every number is the same bits, whoever keeps its rows.
        "scan.shard-patience" => true,
        "venue.paper.positions" => value is HoconObject { Names.IsEmpty: true },
        "venue.paper.fill-fraction" => IsAll(value),
        "venue.paper.friction" => value is HoconObject friction && friction.Names.All(n => friction.TryGet(n, out var share) && IsAll(share!)),
        _ => false,
    };

    private static bool IsAll(HoconValue value) => value is HoconText text && HoconUnits.TryFraction(text.Text.Trim(), out var share) && share == 1m;

    /// <summary>One spelling for one tree: sorted, without comments, blanks or places. Lengths keep two texts from reading as one.</summary>
    private static void Canonical(HoconValue value, StringBuilder text, string path)
    {
        switch (value)
        {
            case HoconObject o:
                text.Append('{');
                foreach (var name in o.Names.Order(StringComparer.Ordinal))
                {
                    o.TryGet(name, out var field);
                    var here = $"{path}.{name}";
                    if (SaysNothing(here, field!)) continue;
                    text.Append(name.Length).Append(':').Append(name).Append('=');
                    Canonical(field!, text, here);
                }
                text.Append('}');
                break;
            case HoconArray a:
                text.Append('[');
                foreach (var item in a.Items) Canonical(item, text, path);
                text.Append(']');
                break;
            case HoconText t:
                var trimmed = t.Text.Trim();
                text.Append(trimmed.Length).Append(':').Append(trimmed);
                break;
            default:
                text.Append("null");
                break;
        }
    }
}
