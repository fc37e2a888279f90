using System.Collections.Immutable;
using Dolphin.Domain;
using Dolphin.Domain.Books;
using Dolphin.Domain.Hedging;
using Dolphin.Domain.Market;
using Dolphin.Domain.Reporting;
using Dolphin.Venues;

namespace Dolphin.Actors.Node;

/// <summary>What this process shows of itself. Actors write their own slot, screens read whenever they like, nobody waits.</summary>
/// <remarks>Never read by anything that decides: it is a window, not a source of truth.</remarks>
public sealed class RunBoard(IEnumerable<(string StrategyId, Symbol Symbol)> strategies)
{
    private const int NewsKept = 200; // Some screens full; older news is in the journal and in the log.
    private const int PosturesKept = 10_000; // Years of a market; the oldest go first.
    private ImmutableQueue<NotableEvent> _news = [];
    private ImmutableQueue<PostureChange> _postures = [];
    private ImmutableArray<HaltedEntity> _halted = [];
    private volatile VenueEvent.Account? _account;
    private volatile OrderCounts _orders = new(0, 0, 0);
    private volatile Drawdown _drawdown = new(0, 0);
    private long _bars;

    /// <summary>In ordinal order of symbol.</summary>
    public ImmutableArray<StrategySlot> Strategies { get; } =
        [.. strategies.OrderBy(s => s.Symbol).Select(s => new StrategySlot(s.StrategyId, s.Symbol))];

    /// <summary>Posture changes, oldest first; at most <see cref="PosturesKept"/> of the newest.</summary>
    public ImmutableArray<PostureChange> Postures => [.. _postures];

    public StrategySlot Of(Symbol symbol) => Strategies.First(s => s.Symbol == symbol);

    /// <summary>Of the door to the venue.</summary>
    public OrderCounts Orders { get => _orders; set => _orders = value; }

    /// <summary>Bars of one symbol each that a live market has closed, since it began.</summary>
    public long Bars { get => Volatile.Read(ref _bars); set => Volatile.Write(ref _bars, value); }

    public VenueEvent.Account? Account { get => _account; set => _account = value; }
    /// <summary>As the capital layer's sensor measures it.</summary>
    public Drawdown Drawdown { get => _drawdown; set => _drawdown = value; }
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

/// <summary>One strategy's row. Each field is replaced as a whole by the actor that owns it.</summary>
public sealed class StrategySlot(string strategyId, Symbol symbol)
{
    private volatile HedgeState? _hedge;
    private volatile HedgedBook? _book;
    private double _lastPrice;

    public string StrategyId { get; } = strategyId;
    public Symbol Symbol { get; } = symbol;
    public HedgeState? Hedge { get => _hedge; set => _hedge = value; }
    public HedgedBook? Book { get => _book; set => _book = value; }
    public double LastPrice { get => Volatile.Read(ref _lastPrice); set => Volatile.Write(ref _lastPrice, value); }
}
