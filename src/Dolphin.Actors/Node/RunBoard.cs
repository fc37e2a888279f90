using System.Collections.Immutable;
using Dolphin.Actors.Divergence;
using Dolphin.Actors.Hermes;
using Dolphin.Actors.Protection;
using Dolphin.Actors.Strategies;
using Dolphin.Domain;
using Dolphin.Domain.Books;
using Dolphin.Domain.Compression;
using Dolphin.Domain.Market;
using Dolphin.Domain.Reporting;
using Dolphin.Domain.SizeLearning;
using Dolphin.Domain.Sizing;
using Dolphin.Domain.Survival;
using Dolphin.Venues;

namespace Dolphin.Actors.Node;

/// <summary>What this process shows of itself. Actors write their own slot, screens read whenever they like, nobody waits.</summary>
/// <remarks>Never read by anything that decides: it is a window, not a source of truth.</remarks>
public sealed class RunBoard(IEnumerable<AssetPlan> assets)
{
    private const int NewsKept = 200; // Some screens full; older news is in the journal and in the log.
    private const int PosturesKept = 10_000; // Years of a market; the oldest go first.
    private ImmutableQueue<NotableEvent> _news = [];
    private ImmutableQueue<PostureChange> _postures = [];
    private ImmutableArray<HaltedEntity> _halted = [];
    private volatile VenueEvent.Account? _account;
    private volatile SizeReport? _sizeLearning;
    private volatile OrderCounts _orders = new(0, 0, 0);
    private volatile Drawdown _drawdown = new(0, 0);
    private volatile BalancerFace? _balancer;
    private volatile ScanPicture? _scan;
    private volatile EsotericPicture? _esof;
    private volatile FactorsPicture? _factors;
    private volatile AlphaPicture? _alpha;
    private volatile ForewarnerPicture? _forewarner;
    private volatile QuorumWatchState? _quorum;
    private volatile ClockPicture? _clock;
    private volatile FeedPicture? _feed;
    private long _bars;

    /// <summary>In ordinal order of symbol.</summary>
    public ImmutableArray<AssetSlot> Assets { get; } = [.. assets.OrderBy(a => a.Symbol).Select(a => new AssetSlot(a))];

    /// <summary>Posture changes, oldest first; at most <see cref="PosturesKept"/> of the newest.</summary>
    public ImmutableArray<PostureChange> Postures => [.. _postures];

    public AssetSlot Of(Symbol symbol) => Assets.First(a => a.Symbol == symbol);

    /// <summary>Of the door to the venue.</summary>
    public OrderCounts Orders { get => _orders; set => _orders = value; }

    /// <summary>Bars of one symbol each that a live market has closed, since it began.</summary>
    public long Bars { get => Volatile.Read(ref _bars); set => Volatile.Write(ref _bars, value); }

    public VenueEvent.Account? Account { get => _account; set => _account = value; }
    /// <summary>As the capital layer's sensor measures it.</summary>
    public Drawdown Drawdown { get => _drawdown; set => _drawdown = value; }
    /// <summary>Balancer and executor as they stand; null where there are none, or they act on another node.</summary>
    public BalancerFace? Balancer { get => _balancer; set => _balancer = value; }
    /// <summary>How the size learner stands, as last heard; null where nobody learns.</summary>
    public SizeReport? SizeLearning { get => _sizeLearning; set => _sizeLearning = value; }
    /// <summary>What the eigen-scan saw last, as last heard; null where there is none.</summary>
    public ScanPicture? Scan { get => _scan; set => _scan = value; }
    /// <summary>What EsoF sees and does; null where it is off, or acts on another node.</summary>
    public EsotericPicture? Esof { get => _esof; set => _esof = value; }
    /// <summary>How fresh external factors are; null where nobody asks for them, or on another node.</summary>
    public FactorsPicture? Factors { get => _factors; set => _factors = value; }
    /// <summary>What alpha said last, as last heard; null where nobody ranks.</summary>
    public AlphaPicture? Alpha { get => _alpha; set => _alpha = value; }
    /// <summary>Which model serves and what it says; null where nobody forewarns, or on another node.</summary>
    public ForewarnerPicture? Forewarner { get => _forewarner; set => _forewarner = value; }
    /// <summary>Who is silent and what became of the quorum; null where the controller acts on another node.</summary>
    public QuorumWatchState? Quorum { get => _quorum; set => _quorum = value; }
    /// <summary>How its clocks came apart; null while they have not.</summary>
    public ClockPicture? Clock { get => _clock; set => _clock = value; }
    /// <summary>How the live market comes in, as last looked at; null where the market is not one.</summary>
    public FeedPicture? Feed { get => _feed; set => _feed = value; }
    public ImmutableArray<NotableEvent> News => [.. _news];
    public ImmutableArray<HaltedEntity> Halted => _halted;

    public void Tell(NotableEvent news) => ImmutableInterlocked.Update(ref _news, static (queue, item) => Push(queue, item, NewsKept), news);

    public void Change(PostureChange change)
    {
        ImmutableInterlocked.Update(ref _postures, static (queue, item) => Push(queue, item, PosturesKept), change);
        Tell(NotableEvent.Of(change));
    }

    /// <summary>Goes on with the timeline of an earlier life.</summary>
    public void Restore(ImmutableArray<PostureChange> postures) => _postures = [.. postures];

    /// <summary>An entity stopped and was grounded; the first reason is the one that is kept.</summary>
    public void Halt(HaltedEntity entity)
    {
        if (_halted.Any(h => string.Equals(h.Entity, entity.Entity, StringComparison.Ordinal))) return;
        ImmutableInterlocked.Update(ref _halted, static (all, one) => all.Add(one), entity);
        Tell(new NotableEvent(entity.Since, NotableKind.Fault, entity.Entity, $"stopped and grounded: {entity.Reason} Everything else goes on."));
    }

    private static ImmutableQueue<T> Push<T>(ImmutableQueue<T> queue, T item, int kept)
    {
        var longer = queue.Enqueue(item);
        return longer.Count() > kept ? longer.Dequeue() : longer;
    }
}

/// <param name="Sent">Orders whose intent was stored.</param>
public sealed record OrderCounts(long Sent, long Open, long Rejected);

/// <param name="Now">Fraction of the best equity that is lost, 0 to 1.</param>
/// <param name="Worst">The largest it has been.</param>
public sealed record Drawdown(double Now, double Worst);

/// <summary>One asset's row. Each field is replaced as a whole by the actor that owns it.</summary>
public sealed class AssetSlot(AssetPlan plan)
{
    private readonly StrategyFace?[] _faces = new StrategyFace?[plan.Strategies.Length];
    private volatile HedgedBook? _book;
    private volatile SymbolDivergence? _divergence;
    private volatile OpeningSizing? _sizing;
    private volatile HermesSight? _hermes;
    private volatile DirectionalFace? _directional;
    private volatile CompressionState? _compression;
    private volatile ProtectorSight? _protector;
    private double _lastPrice;

    public Symbol Symbol { get; } = plan.Symbol;
    public HedgedBook? Book { get => _book; set => _book = value; }
    /// <summary>Of the venues, as last heard; null where none are compared.</summary>
    public SymbolDivergence? Divergence { get => _divergence; set => _divergence = value; }
    /// <summary>What the newest opening was sized by; null before one, and where plan and R_total size alone.</summary>
    public OpeningSizing? Sizing { get => _sizing; set => _sizing = value; }
    /// <summary>Null where Hermes does not decide, or not in this process, or has not begun.</summary>
    public HermesSight? Hermes { get => _hermes; set => _hermes = value; }
    /// <summary>What it holds and how it guards it; null where it is not traded on signals, and before it has begun.</summary>
    public DirectionalFace? Directional { get => _directional; set => _directional = value; }
    /// <summary>As it stands; null where the plan has none, and before it has begun.</summary>
    public CompressionState? Compression { get => _compression; set => _compression = value; }
    /// <summary>Null where the plan has none, or not in this process, and before it has begun.</summary>
    public ProtectorSight? Protector { get => _protector; set => _protector = value; }
    public bool IsUnderHermes => plan.Hermes is not null;
    public double LastPrice { get => Volatile.Read(ref _lastPrice); set => Volatile.Write(ref _lastPrice, value); }

    /// <summary>Of the strategy that holds the legs; if none does, of the first; null before it has recovered.</summary>
    public StrategyFace? Face
    {
        get
        {
            for (var i = 0; i < _faces.Length; i++)
                if (Volatile.Read(ref _faces[i]) is { Holds: true } holder) return holder;
            return Volatile.Read(ref _faces[0]);
        }
    }

    /// <summary>The strategy that the plan names first.</summary>
    public string FirstStrategy => plan.Strategies[0].StrategyId;

    public void Show(StrategyFace face)
    {
        for (var i = 0; i < _faces.Length; i++)
            if (string.Equals(plan.Strategies[i].StrategyId, face.StrategyId, StringComparison.Ordinal)) Volatile.Write(ref _faces[i], face);
    }
}
