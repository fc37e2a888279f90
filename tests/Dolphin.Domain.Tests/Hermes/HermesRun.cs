using Dolphin.Domain.Books;
using Dolphin.Domain.Compression;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Domain.Protection;
using Dolphin.Domain.Survival;
using Dolphin.Domain.Tests.Compression;
using Dolphin.Domain.Tests.Hedging;
using Dolphin.Domain.Tests.Protection;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.Tests.Hermes;

/// <summary>How holders and heirs answer.</summary>
internal enum Answers { Prompt, Twice, OnlyRelease, Never, AfterTheDeadline, Decline, HeirDeclines, WrongLegs, HeirTooSoon, NotFlat }

/// <summary>Hermes for one asset, fed look by look, with strategies that answer well or badly. Every input is sent twice.</summary>
internal sealed class HermesRun(HermesPolicy policy)
{
    private readonly List<(DateTimeOffset Due, HermesInput Input)> _post = [];
    private long _answered;

    public HermesPolicy Policy => policy;
    public HermesState State { get; private set; } = HermesState.Initial;
    public HermesWatch Watch { get; private set; }
    public List<HermesEvent> Events { get; } = [];
    public int NewFromRepeats { get; private set; }
    public DateTimeOffset Now { get; set; } = HermesStage.Start;

    public RegimeReading Regime { get; set; } = HermesStage.Market(Dolphin.Domain.Hermes.Regime.Ranging);
    public RiskView Risk { get; set; } = HermesStage.Nominal;
    public HermesBook Book { get; set; } = HermesStage.Flat;
    public HolderFacts Holder { get; set; } = new(Grounded: false, Ended: false, HermesStage.Start);
    public Answers Answers { get; set; } = Answers.Prompt;

    /// <summary>Before, after, the look or input, and what was decided.</summary>
    public Action<HermesState, HermesState, HermesInput, Decision<HermesEvent>>? Observer { get; set; }

    /// <summary>As the strategies themselves object; null: they take whatever there is.</summary>
    public LegObjection? Objects { get; set; } = HermesStage.Objection;

    public HermesLook Seen => new(Now, Regime, Risk, Book, Holder, Objects);

    public HermesEvent[] Look(double minutes = 15)
    {
        Now = Now.AddMinutes(minutes);
        Deliver();
        var before = Events.Count;
        Watch = HermesWatch.Observe(policy, Watch, State, Seen);
        Send(new HermesInput.Looked(Seen, Watch));
        Answer();
        return [.. Events.Skip(before)];
    }

    /// <summary>Looks until the time has passed.</summary>
    public HermesEvent[] For(double minutes, double every = 15)
    {
        var before = Events.Count;
        for (var t = 0d; t < minutes; t += every) Look(every);
        return [.. Events.Skip(before)];
    }

    public Decision<HermesEvent> Send(HermesInput input)
    {
        var before = State;
        var decision = HermesDecider.Decide(policy, State, input);
        State = decision.Events.Aggregate(State, HermesDecider.Evolve);
        Events.AddRange(decision.Events);
        Observer?.Invoke(before, State, input, decision);
        NewFromRepeats += HermesDecider.Decide(policy, State, input).Events.Length;
        return decision;
    }

    public Decision<HermesEvent> Override(LegHolder holder, RiskPosture? posture = null, DateTimeOffset? until = null, HolderPriority? priority = null) =>
        Send(new HermesInput.SetOverride(State.Overrides + 1, "ada", "the book looks wrong", holder, posture, until, Now, priority));

    public Decision<HermesEvent> Lift() => Send(new HermesInput.LiftOverride(State.Overrides, "bob", "looked at it", Now));

    private void Answer()
    {
        if (State.HandOver is not { } h || h.Number == _answered) return;
        _answered = h.Number;
        var legs = Book.Legs;
        var released = new HermesInput.Released(h.Number, h.From, legs, Now);
        var adopted = new HermesInput.Adopted(h.Number, h.To, legs, Now);
        HermesInput[] now = Answers switch
        {
            Answers.Prompt => [released, adopted],
            Answers.Twice => [released, released, adopted, adopted, released],
            Answers.OnlyRelease => [released],
            Answers.Decline => [new HermesInput.Declined(h.Number, h.From, "a cycle is being opened", Now)],
            Answers.HeirDeclines => [released, new HermesInput.Declined(h.Number, h.To, "cannot take legs this uneven", Now)],
            Answers.WrongLegs => [released, adopted with { Legs = new Legs(legs.Long + new Quantity(1m), legs.Short) }],
            Answers.HeirTooSoon => [adopted, released],
            Answers.NotFlat => [released with { Legs = HermesStage.Even.Legs }], // An opening was filled while it was asked.
            _ => [],
        };
        foreach (var input in now) Send(input);
        if (Answers != Answers.AfterTheDeadline) return;
        var late = h.Deadline.AddMinutes(25);
        _post.Add((late, released with { At = late }));
        _post.Add((late, adopted with { At = late }));
    }

    private void Deliver()
    {
        foreach (var (_, input) in _post.Where(p => p.Due <= Now).ToList()) Send(input);
        _post.RemoveAll(p => p.Due <= Now);
    }
}

internal static class HermesStage
{
    public static readonly DateTimeOffset Start = new(2026, 1, 5, 0, 0, 0, TimeSpan.Zero);
    public static readonly RiskView Nominal = new(1.0, Posture.Apex, 6m, InvariantFailed: false, 1, 1);
    public static readonly HermesPolicy Policy = PolicyOf(new HermesSettings());

    public static HermesPolicy PolicyOf(HermesSettings settings)
    {
        var errors = new List<string>();
        var policy = HermesPolicy.Create(settings, new RegimeSettings(), "dolphin.hermes", errors);
        Assert.Empty(errors);
        return policy!;
    }

    public static RegimeReading Market(Regime regime, int direction = 0, double varianceRatio = 0.95) => new(
        regime, regime == Regime.Trending ? RegimeFeatureSet.EfficiencyRatio : regime == Regime.Thin ? RegimeFeatureSet.IdleShare : regime == Regime.Chaotic ? RegimeFeatureSet.Volatility : RegimeFeatureSet.None,
        new RegimeFeatures(0.01, 0.2, double.NaN, double.NaN, 0, regime == Regime.Trending ? 0.6 : 0.2, varianceRatio, direction),
        RegimeFeatureSet.Spread | RegimeFeatureSet.Depth, 48, Start.ToUnixTimeMilliseconds(), Start.ToUnixTimeMilliseconds(), HasBars: true);

    /// <summary>Mark 100, capital 1000, opened with 20 % x 3 of it. Quantities in base, average prices in quote.</summary>
    public static HermesBook BookOf(decimal longs, decimal longPrice, decimal shorts, decimal shortPrice, decimal openingLeg = 600m) => new(
        new LegPosition(new Quantity(longs), new Money(longs * longPrice)), new LegPosition(new Quantity(shorts), new Money(shorts * shortPrice)), Price.Of(100m), new Money(1_000m), new Money(openingLeg));

    public static readonly HermesBook Flat = BookOf(0, 0, 0, 0);
    public static readonly HermesBook Dust = BookOf(0.05m, 100, 0, 0);
    public static readonly HermesBook Even = BookOf(6, 100, 6, 100);
    public static readonly HermesBook OneLeg = BookOf(6, 101, 0, 0);
    public static readonly HermesBook Losing = BookOf(6, 125, 0.5m, 100);
    public static readonly HermesBook LosingOneLeg = BookOf(6, 125, 0, 0);
    public static readonly HermesBook SevereOneLeg = BookOf(11, 101, 0, 0);
    /// <summary>Locked by Hermes's thresholds, with no room for a swing of compression between the legs.</summary>
    public static readonly HermesBook NarrowlyLocked = BookOf(5, 100.275m, 4, 99.725m);
    public static readonly HermesBook Severe = BookOf(11, 101, 0.5m, 99);
    /// <summary>Opened with 20 % x 6 of the capital, and down to one leg and a rest: net 1.15 of the capital.</summary>
    public static readonly HermesBook LeveredLeg = BookOf(12, 101, 0.5m, 99, openingLeg: 1_200m);
    public static readonly HermesBook Locked = BookOf(5, 104, 4, 97);
    public static readonly HermesBook Crumbs = BookOf(5, 101, 0.2m, 97);

    private static readonly ProtectorPolicy Protector = ProtectorRun.PolicyOf(new ProtectorSettings());
    private static readonly CompressionPolicy Compression = CompressionRun.PolicyOf(new CompressionSettings());

    /// <summary>What the strategies of a plan with recommended values say.</summary>
    public static Refusal? Objection(LegHolder heir, in HermesBook book)
    {
        var legs = new HandOver(book.Long, book.Short, 0, 0);
        return heir switch
        {
            LegHolder.ExposureProtector => legs.Check("protector", HedgeStage.Sol) ?? Protector.Check(HedgeStage.Sol) ?? Protector.Check(HedgeStage.Sol, legs.Legs),
            LegHolder.HedgeCompression => legs.Check("compression", HedgeStage.Sol) ?? CompressionDecider.Objection(Compression, HedgeStage.Sol, legs.Long, legs.Short),
            _ => legs.Check("hedge", HedgeStage.Sol),
        };
    }

    public static HermesRun Run(HermesSettings? settings = null) => new(settings is null ? Policy : PolicyOf(settings));

    /// <summary>A run in which the given strategy holds the given book, adopted five hours ago.</summary>
    public static HermesRun Held(LegHolder holder, HermesBook book, HermesSettings? settings = null)
    {
        var run = Run(settings);
        run.Objects = null; // However it came to hold them.
        run.Override(holder);
        run.Book = book;
        run.Look();
        Assert.Equal(holder, run.State.Holder);
        run.Send(new HermesInput.LiftOverride(1, "ada", "set up", run.Now));
        run.Regime = Market(Regime.Unknown);
        run.For(300);
        Assert.Equal((holder, null), (run.State.Holder, run.State.HandOver));
        run.Regime = Market(Regime.Ranging);
        run.Holder = run.Holder with { LastFillAt = run.Now };
        run.Objects = Objection;
        return run;
    }
}
