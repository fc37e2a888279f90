using System.Collections.Immutable;
using System.Globalization;
using Dolphin.Domain.AutoExecution;
using Dolphin.Domain.Balancing;
using Dolphin.Domain.Market;
using Dolphin.Domain.Tests.Balancing;
using FsCheck;
using FsCheck.Fluent;
using static Dolphin.Domain.Tests.Balancing.BalancerStage;

namespace Dolphin.Domain.Tests.AutoExecution;

/// <summary>What a holder does with what it is asked.</summary>
internal enum Fate { Full, Part, Late, Declined, Silent }

internal enum Way { Cut, Grow }

/// <summary>One holder, two legs.</summary>
/// <param name="Long">Lots, of 0.02 of margin each.</param>
/// <param name="Short">Lots.</param>
/// <param name="Grows">It makes its legs larger, or opens them, when asked to.</param>
/// <param name="IsFrozen">Its price is old, or nobody holds it.</param>
/// <param name="IsStubborn">It declines every trim, for ever.</param>
internal sealed record Holder(int Long, int Short, bool Grows, bool IsFrozen, bool IsStubborn = false);

/// <summary>How a run begins, and how holders behave until they do as they are asked.</summary>
/// <param name="Held">Of 10 000 of total margin.</param>
/// <param name="Moods">Seconds since the look before, and what becomes of what is asked then.</param>
internal sealed record SettlingStart(
    BalancerSettings Settings, ImmutableArray<Holder> Held, int Openable, double? Confidence, double? Divergence, bool EntriesAllowed, ImmutableArray<(int Seconds, Fate Fate)> Moods);

/// <summary>What was asked of one holder.</summary>
/// <param name="Instead">Why it is not what the command asked for; null where it is.</param>
internal sealed record Asked(BalancerCommand Command, Symbol Symbol, Way Way, Refusal? Instead);

/// <param name="Metrics">Before anything was done.</param>
/// <param name="Felt">Of the divergence, before anything was done.</param>
/// <param name="Asked">Carried out by the executor; what it refuses reaches nobody.</param>
/// <param name="Notes">What it left alone, and why.</param>
/// <param name="Legs">After what was done.</param>
/// <param name="Failed">Commands that were declined or not done in time, so far.</param>
internal sealed record SettlingLook(DateTimeOffset At, bool IsReliable, PortfolioMetrics Metrics, double Felt, List<Asked> Asked, List<Refusal> Refused, ImmutableArray<string> Notes, ImmutableSortedDictionary<Symbol, Legs> Legs, long Failed);

/// <summary>Balancer, executor and holders over many looks; price, leverage and total margin stand still.</summary>
internal sealed class SettlingRun
{
    /// <summary>Who declines for ever is thought to obey after an hour, then after two and four, and what others were given meanwhile is taken back.</summary>
    public int MostLooks => _holders.Values.Any(h => h.IsStubborn) ? 12 : 6;

    private const decimal Total = 10_000m, Quote = 100m, Leverage = 5m, Lot = 0.001m;

    private readonly SettlingStart _start;
    private readonly BalancerPolicy _policy;
    private readonly SortedDictionary<Symbol, Legs> _legs = [];
    private readonly SortedDictionary<Symbol, Holder> _holders = [];
    private readonly Dictionary<(long, Symbol), (Fate Fate, int Looks)> _fates = [];
    private BalancerState _balancer = BalancerState.Initial;
    private ExecutorState _executor = ExecutorState.Initial;

    public List<SettlingLook> Looks { get; } = [];
    public IEnumerable<Fate> Fates => _fates.Values.Select(f => f.Fate).Distinct();

    private SettlingRun(SettlingStart start)
    {
        (_start, _policy) = (start, PolicyOf(start.Settings));
        foreach (var (i, holder) in start.Held.Concat(Enumerable.Repeat(new Holder(0, 0, Grows: true, IsFrozen: false), start.Openable)).Index())
        {
            var symbol = new Symbol($"S{i * 7 % 41:00}USDT");
            _holders[symbol] = holder;
            _legs[symbol] = new Legs(new(holder.Long * Lot), new(holder.Short * Lot));
        }
    }

    public static SettlingRun Of(SettlingStart start)
    {
        var run = new SettlingRun(start);
        var now = 0;
        foreach (var (seconds, fate) in start.Moods) run.Look(At(now += seconds), fate, isReliable: false);
        for (var i = 0; i < 30; i++) run.Look(At(now += 60), Fate.Full, isReliable: true);
        for (var i = 0; i < 24; i++) run.Look(At(now += 600), Fate.Full, isReliable: true); // What comes back with each hour is seen.
        return run;
    }

    private void Look(DateTimeOffset now, Fate mood, bool isReliable)
    {
        var events = Take(BalancerRounds.Decide(_policy, _balancer, _executor, new BalancerInput.Cycle(Snapshot(now), now), () => View(now)));
        var issued = events.OfType<BalancerEvent.CommandIssued>().ToDictionary(e => e.Command.Id, e => e.Command);
        var asked = new List<Asked>();
        foreach (var done in events.OfType<ExecutorEvent.CarriedOut>())
        {
            if (done.Trim is { } trim) asked.Add(new Asked(issued[done.Id], trim.Symbol, Way.Cut, done.Instead));
            foreach (var growth in done.Asked ?? []) asked.Add(new Asked(issued[done.Id], growth.Symbol, Way.Grow, done.Instead));
        }
        foreach (var trim in BalancerRounds.Unanswered(_balancer, _executor, now)) Serve(trim.Symbol, trim.Wish.Id, l => Lower(l, trim.Wish.AtMost), mood, isReliable, now);
        foreach (var growth in BalancerRounds.UnansweredGrowth(_balancer, _executor, now)) Serve(growth.Symbol, growth.Wish.Id, l => Higher(l, growth.Wish.AtLeast), mood, isReliable, now);
        var (metrics, parted) = (_balancer.LastMetrics!, (double)(_balancer.PartedWith?.Quote ?? 0m));
        var used = (double)metrics.UsedMargin.Quote;
        Looks.Add(new SettlingLook(
            now, isReliable, metrics, metrics.Divergence * metrics.NetShare * used / Math.Max(used, parted), asked,
            [.. events.OfType<ExecutorEvent.Refused>().Select(r => new Refusal(r.Code, r.Reason))], _balancer.LastNotes, _legs.ToImmutableSortedDictionary(), _balancer.Outcomes.Rejected + _balancer.Outcomes.Expired));
    }

    private void Serve(Symbol symbol, long id, Func<Legs, Legs> done, Fate mood, bool isReliable, DateTimeOffset now)
    {
        if (_holders[symbol].IsStubborn)
        {
            Hear(new HolderAnswer.Declined(symbol, id, new Refusal("holder.never", "Never."), now));
            return;
        }
        var (fate, looks) = _fates.TryGetValue((id, symbol), out var before) ? (before.Fate, before.Looks + 1) : (mood, 0);
        _fates[(id, symbol)] = (fate, looks);
        if (isReliable || fate == Fate.Full || (fate == Fate.Late && looks >= 3)) Over(done(_legs[symbol]));
        else if (fate == Fate.Part) Over(Half(_legs[symbol], done(_legs[symbol])));
        else if (fate == Fate.Late) Hear(new HolderAnswer.Taken(symbol, id, now));
        else if (fate == Fate.Declined) Hear(new HolderAnswer.Declined(symbol, id, new Refusal("holder.no", "No."), now));

        void Over(Legs legs)
        {
            _legs[symbol] = legs;
            Hear(new HolderAnswer.Over(symbol, id, legs, now));
        }

        void Hear(HolderAnswer answer) => Take(BalancerRounds.Hear(_policy, _balancer, _executor, answer));
    }

    private ImmutableArray<object> Take(BalancerRound round)
    {
        (_balancer, _executor) = (round.Balancer, round.Executor);
        return round.Events;
    }

    private PortfolioSnapshot Snapshot(DateTimeOffset now) => new(
        new Money(Total),
        [.. _legs.Where(l => !l.Value.AreFlat).Select(l => PortfolioPosition.OfLegs(l.Key, Margin(l.Value.Long), Margin(l.Value.Short)) with { IsFrozen = _holders[l.Key].IsFrozen, MayGrow = MayGrow(l.Key, now) })],
        _start.Confidence, _start.Divergence, now);

    private HoldersView View(DateTimeOffset now) => new(
        now, [.. _holders.Keys],
        _legs.Where(l => !l.Value.AreFlat).ToImmutableSortedDictionary(l => l.Key, l => new HeldPosition(
            Instruments.Infer(l.Key, 2, 3), $"holder-{l.Key}", l.Value, TiedUp: null, Price.Of(Quote), Leverage, MayGrow(l.Key, now))),
        [.. _legs.Where(l => l.Value.AreFlat && MayGrow(l.Key, now)).Select(l => new RankedSymbol(l.Key, 0, Instruments.Infer(l.Key, 2, 3), $"holder-{l.Key}", Price.Of(Quote), Leverage))],
        _start.EntriesAllowed);

    // As a run asks it: who may grow has not declined lately, and entries are allowed.
    private bool MayGrow(Symbol symbol, DateTimeOffset now) => _start.EntriesAllowed && _holders[symbol] is { Grows: true, IsStubborn: false } && _balancer.Unwilling?.Knows(symbol, now) != true;

    public bool IsStubborn(Symbol symbol) => _holders[symbol].IsStubborn;

    /// <summary>A symbol that the balancer may name and whose holder obeys.</summary>
    public bool Obeys(Symbol symbol) => _holders[symbol] is { IsStubborn: false, IsFrozen: false };

    public double MostUtilisation => (double)_policy.Settings.MaxMarginUtilisation;

    private static Money Margin(Quantity leg) => new(leg.Base * Quote / Leverage);

    private static Legs Lower(Legs held, Legs atMost) => new(held.Long < atMost.Long ? held.Long : atMost.Long, held.Short < atMost.Short ? held.Short : atMost.Short);
    private static Legs Higher(Legs held, Legs atLeast) => new(held.Long > atLeast.Long ? held.Long : atLeast.Long, held.Short > atLeast.Short ? held.Short : atLeast.Short);
    private static Legs Half(Legs from, Legs to) => new(Half(from.Long, to.Long), Half(from.Short, to.Short));
    private static Quantity Half(Quantity from, Quantity to) => new(from.Base + decimal.Round((to.Base - from.Base) / 2m / Lot, MidpointRounding.ToZero) * Lot);

    /// <summary>What of a command's breach is left at the next look; null where nothing is, or where the look that issued it said that something stays.</summary>
    public string? StillThere(BalancerCommand command, SettlingLook look, SettlingLook next)
    {
        var after = next.Metrics;
        // New symbols, of which nobody knows before how many there will be, bring the average down.
        if (command.Action == BalancerAction.Rebalance && look.Asked.Any(a => a.Command.Action == BalancerAction.Expand)) return null;
        if (look.Asked.Any(a => IsStubborn(a.Symbol))) return null; // It was thought to be done.
        if (look.Notes.Any(n => n.Contains("whose price is old", StringComparison.Ordinal))) return null;
        var own = after.Positions.Where(p => p.Symbol == command.Symbol).Select(p => (PositionMetrics?)p).SingleOrDefault();
        return command.Action switch
        {
            BalancerAction.ReduceMargin => Above("utilisation", after.Utilisation, (double)_policy.Settings.MaxMarginUtilisation, 0),
            BalancerAction.Reduce => Above("exposure", own?.Exposure ?? 0, (double)_policy.Settings.MaxSymbolExposure, 0),
            BalancerAction.Hedge => Above("felt", next.Felt, (double)_policy.Settings.DivergenceThreshold, (double)_policy.Settings.DivergenceThreshold * LotsOff(after)),
            BalancerAction.Rebalance when command.Change.Quote < 0m => Above("weight", (own?.Weight ?? 0) * after.SymbolCount, (double)BalancerPolicy.ImbalanceRatio, 0),
            BalancerAction.Expand => Above("missing", command.SymbolsWanted - after.SymbolCount, 0, 0),
            _ => null,
        };
    }

    // What is used is another by up to a lot of each leg than it was reckoned with.
    private static double LotsOff(PortfolioMetrics metrics) => metrics.SymbolCount * 2 * (double)(Lot * Quote / Leverage / metrics.UsedMargin.Quote) + 1e-9;

    /// <summary>Legs of another symbol have changed between what one look had done and another saw.</summary>
    public bool OthersChanged(Symbol symbol, int after, int until) =>
        Looks[after].Legs.Any(l => l.Key != symbol && l.Value != Looks[until - 1].Legs[l.Key]);

    private static string? Above(string what, double value, double limit, double tolerance) =>
        value > limit + tolerance ? string.Create(CultureInfo.InvariantCulture, $"{what} is {value}, the limit is {limit}") : null;

    public override string ToString() => $"{_start.Settings}\n{string.Join(' ', _holders.Select(h => $"{h.Key}{(h.Value.Grows ? "+" : "")}{(h.Value.IsFrozen ? "!" : "")}{(h.Value.IsStubborn ? "#" : "")} {h.Value.Long}/{h.Value.Short}"))} divergence {_start.Divergence} entries {_start.EntriesAllowed}\n" + string.Join('\n', Looks.Where(l => l.Asked.Count > 0 || l.Refused.Count > 0).Take(40).Select(l =>
        $"{l.At:HH:mm:ss}{(l.IsReliable ? "" : " moody")} used {l.Metrics.UsedMargin.Quote:0.####} net {l.Metrics.NetShare:0.####}: {string.Join(", ", l.Asked.Select(a => $"{a.Way} {a.Symbol} [{Told(a)}]"))} {string.Join(", ", l.Refused.Select(r => r.Code))}"));

    private static string Told(Asked asked) => string.Join(' ', BalancerStage.Told([asked.Command]));
}

/// <summary>Portfolios around every limit, and holders of every mood.</summary>
internal static class SettlingRuns
{
    private static Gen<BalancerSettings> Settings => Gen.OneOf(
        Gen.Elements(BalancerSettings.Conservative, BalancerSettings.Default, BalancerSettings.Default, BalancerSettings.Aggressive),
        from util in Gen.Choose(20, 100)
        from exposure in Gen.Choose(5, 100)
        from least in Gen.Choose(1, 12)
        from divergence in Gen.Choose(5, 60)
        select BalancerSettings.Default with { MaxMarginUtilisation = util / 100m, MaxSymbolExposure = exposure / 100m, MinDiversification = least, DivergenceThreshold = divergence / 1000m });

    private static Gen<(int Size, int LongPercent, bool Grows, bool IsFrozen, bool IsStubborn)> One =>
        from size in Gen.OneOf(Gen.Choose(1, 30), Gen.Choose(90, 110), Gen.Choose(90, 110), Gen.Choose(150, 600))
        from share in Gen.OneOf(Gen.Elements(0, 50, 100), Gen.Choose(0, 100))
        from grows in Gen.Elements(true, true, false)
        from frozen in Gen.Frequency((19, Gen.Constant(false)), (1, Gen.Constant(true)))
        from stubborn in Gen.Frequency((14, Gen.Constant(false)), (1, Gen.Constant(true)))
        select (size, share, grows, frozen, stubborn);

    public static Arbitrary<SettlingStart> All =>
        (from settings in Settings
         from utilisation in Gen.OneOf(Gen.Choose(5, 60), Gen.Choose(60, 90), Gen.Choose(84, 130))
         from count in Gen.OneOf(Gen.Choose(1, 4), Gen.Choose(5, 12))
         from held in One.ArrayOf(count)
         from openable in Gen.Choose(0, 12)
         from confidence in Gen.OneOf(Gen.Constant((double?)null), Gen.Choose(0, 100).Select(c => (double?)(c / 100.0)))
         from divergence in Gen.OneOf(Gen.Constant((double?)null), Gen.Choose(0, 30).Select(d => (double?)(d / 1000.0)), Gen.Choose(0, 120).Select(d => (double?)(d / 1000.0)))
         from entries in Gen.Frequency((6, Gen.Constant(true)), (1, Gen.Constant(false)))
         from moods in Mood.ListOf()
         select new SettlingStart(settings, [.. InLots(held, utilisation)], openable, confidence, divergence, entries, [.. moods])).ToArbitrary();

    private static Gen<(int, Fate)> Mood => from seconds in Gen.Elements(10, 10, 20, 60, 700) from fate in Gen.Elements(Enum.GetValues<Fate>()) select (seconds, fate);

    private static IEnumerable<Holder> InLots((int Size, int LongPercent, bool Grows, bool IsFrozen, bool IsStubborn)[] held, int utilisation)
    {
        var unit = utilisation / 100m * 500_000m / held.Sum(h => h.Size); // 10 000 of margin are 500 000 lots.
        foreach (var (size, share, grows, frozen, stubborn) in held)
        {
            var lots = Math.Max(1, (int)(unit * size));
            yield return new Holder(lots * share / 100, lots - lots * share / 100, grows, frozen, stubborn);
        }
    }
}
