using System.Collections.Immutable;
using System.Net;
using Dolphin.Actors.Execution;
using Dolphin.Actors.Scan;
using Dolphin.Data.Recording;
using Dolphin.Data.Simulation;
using Dolphin.Domain;
using Dolphin.Domain.Balancing;
using Dolphin.Domain.Market;
using Dolphin.Domain.OrderBooks;
using Dolphin.Domain.Placement;
using Dolphin.Domain.Survival;
using Dolphin.Node.Cli;
using Dolphin.Node.Hocon;
using Dolphin.Node.Logging;
using Dolphin.Venues.Binance.Live;
using Dolphin.Venues.Paper;

namespace Dolphin.Node.Plan;

/// <summary>Everything a run is told, checked and typed. Defaults are in hocon/reference.conf and nowhere else.</summary>
/// <param name="Symbols">Null: all that the market has.</param>
/// <param name="Shock">When L7 is told of one.</param>
/// <param name="Fingerprint">SHA-256, lower-case hex, of every setting that can change a decision, with all defaults filled in.</param>
public sealed record TradingPlan(
    AccountPlan Account, ImmutableArray<Symbol>? Symbols, StrategiesPlan Strategies, SurvivalPolicy Survival, ShockPolicy Shock, PaperPlan Paper,
    InstrumentPlan Instruments, ExecutionPlan Execution, SimulationPlan Simulation, ReplayPlan Replay, JournalPlan Journal, HttpPlan Http,
    LogPolicy Log, string Fingerprint)
{
    /// <summary>The exposure balancer's limits; null where it is not enabled.</summary>
    public BalancerPolicy? Balancer { get; init; }
    /// <summary>Of a Binance market.</summary>
    public required BinancePlan Binance { get; init; }

    /// <summary>Null: no second venue is compared.</summary>
    public DivergenceSection? Divergence { get; init; }

    /// <summary>Null: plan and R_total size alone.</summary>
    public SizingSection? Sizing { get; init; }

    /// <summary>Null: the universe is not scanned.</summary>
    public ScanPlan? Scan { get; init; }

    /// <summary>Null: nobody forewarns.</summary>
    public ForewarnerSection? Forewarner { get; init; }

    /// <summary>Null: nobody asks for external factors.</summary>
    public ExfSection? Exf { get; init; }

    /// <summary>Null: nobody looks at the sky.</summary>
    public EsofSection? Esof { get; init; }

    /// <summary>Null: nobody ranks, and no size is cut.</summary>
    public AlphaSection? Alpha { get; init; }

    /// <summary>One line for a person.</summary>
    public string Summary =>
        $"{(Symbols is { } s ? $"{s.Length} symbols" : "all symbols")}, {Account.Capital} capital, band {Strategies.Hedging.Default.Mes:0.####} wide on each side.";

    /// <summary>Reads a plan over the defaults. Never throws for what is in the file: that is what <see cref="CheckedPlan.Problems"/> is for.</summary>
    /// <param name="environment">For <c>${NAMES}</c> that no key has, and for the exposure balancer's variables.</param>
    /// <param name="over">What is laid over the plan; null for nothing.</param>
    public static CheckedPlan Load(string file, Func<string, string?> environment, HoconLayer? over = null)
    {
        var full = Path.GetFullPath(file);
        var (folder, name) = (Path.GetDirectoryName(full)!, Path.GetFileName(full));
        return Load(
            new HoconLayer(new HoconDirectory(folder, HoconLimits.Standard.MaxFileChars), name), environment, over,
            new HoconLayer(new HoconDirectory(folder, SignalFile.MostChars), name));
    }

    /// <param name="beside">The plan once more, where larger files are looked for that it names; null: as <paramref name="plan"/>.</param>
    public static CheckedPlan Load(HoconLayer plan, Func<string, string?> environment, HoconLayer? over = null, HoconLayer? beside = null)
    {
        try
        {
            return PlanReader.Read(HoconConfig.Load(over is null ? [Reference, plan] : [Reference, plan, over], environment), environment, beside ?? plan);
        }
        catch (HoconException e)
        {
            return new CheckedPlan(null, [new PlanProblem(IsError: true, "", e.At, e.Detail + ".")]);
        }
    }

    /// <summary>The defaults, as compiled in.</summary>
    public static HoconLayer Reference { get; } = new(new HoconResources(typeof(TradingPlan).Assembly, "hocon/"), "reference.conf");
}

/// <summary>What reading a plan came to: a plan and perhaps warnings, or no plan and at least one error.</summary>
public sealed record CheckedPlan(TradingPlan? Plan, ImmutableArray<PlanProblem> Problems)
{
    public CliException ToException(string file)
    {
        var errors = Problems.Count(p => p.IsError);
        return new CliException(ExitCode.ConfigInvalid, $"{file} has {Verbs.Count(errors, "error")}; nothing was started.", [.. Problems.Select(p => p.ToDetail())]);
    }
}

/// <param name="Leverage">Times; what is set at the venue for initial margin.</param>
public sealed record AccountPlan(Money Capital, decimal Leverage);

/// <summary>How the paper venue behaves, but for what the run adds: its seed.</summary>
public sealed record PaperPlan(PaperPolicy Unseeded)
{
    public PaperPolicy ToPolicy(ulong seed) => Unseeded with { Seed = seed };
}

/// <param name="OrderLife">An order that is still open after this is cancelled.</param>
/// <param name="NotFoundAfter">"Never heard of it" is believed only this long after the intent.</param>
/// <param name="FlattenOnPanic">False: an invariant that fails cancels every order. True: it also closes every leg at market.</param>
public sealed record ExecutionPlan(
    TimeSpan CareEvery, TimeSpan OrderLife, TimeSpan AnswerTimeout, TimeSpan NotFoundAfter, double ExpectedTakerSlippageBps, Bps PassiveOffset,
    bool FlattenOnPanic, PlacementSettings Placement);

/// <summary>How orders are worked through the books of a market that shows them.</summary>
/// <param name="Exits">Whether those that make a leg smaller are worked too.</param>
/// <param name="Policy">At the fees of the paper venue.</param>
public sealed record PlacementSettings(bool Enabled, bool Exits, PlacementPolicy Policy)
{
    /// <returns>Null where it is not enabled.</returns>
    public PlacementPlan? ToPlan() => Enabled ? new PlacementPlan(Policy, Exits, BooksShowOwnOrders: false) : null; // Of paper no market knows.

    /// <summary>How much of the books has to be shown for it.</summary>
    public LevelReach Reach => Enabled ? Policy.Reach : default;
}

/// <param name="Interval">Length of a bar at any speed but real.</param>
/// <param name="LiveInterval">Length of a bar in real time.</param>
/// <param name="Start">Open of the first bar where nobody says otherwise.</param>
/// <param name="Span">How much market there is where nobody says when it ends, unless it runs in real time.</param>
public sealed record SimulationPlan(long Seed, TimeSpan Interval, TimeSpan LiveInterval, DateTimeOffset Start, TimeSpan Span, ImmutableArray<AssetProfile> Assets);

/// <param name="Bar">How long a bar takes where nobody says otherwise.</param>
public sealed record BinancePlan(FeedSettings Feed, TimeSpan Bar)
{
    /// <summary>Says of a bar why it is too long, or null: of a symbol that comes to its end a look and the orders that follow from it have to fall into the time that is left.</summary>
    public static string? TooLong(TimeSpan bar, FeedSettings feed) => bar + bar <= feed.CloseBeforeDelivery ? null
        : $"is {PlanSection.Show(bar)}, and close-before-delivery {PlanSection.Show(feed.CloseBeforeDelivery)}; expected at most half of that: a strategy looks once a bar, and in that time it has to close what it holds";
}

public sealed record ReplayPlan(long CheckpointEveryBars, ReadLimits Limits);

/// <param name="MaxFileBytes">Zero: no bound but the disk's.</param>
public sealed record JournalPlan(
    int QueueBound, long MaxFileBytes, TimeSpan WriteTimeout, TimeSpan RecoveryTimeout, int MaxConcurrentRecoveries)
{
    /// <summary>The bounds; where and how things are stored is for whoever runs to say.</summary>
    public JournalSettings ToSettings() => new()
    {
        QueueBound = QueueBound, MaxFileBytes = MaxFileBytes, WriteTimeout = WriteTimeout, RecoveryEventTimeout = RecoveryTimeout,
        MaxConcurrentRecoveries = MaxConcurrentRecoveries,
    };
}

/// <param name="Endpoint">Loopback; null: no server unless --http asks for one.</param>
public sealed record HttpPlan(IPEndPoint? Endpoint);
