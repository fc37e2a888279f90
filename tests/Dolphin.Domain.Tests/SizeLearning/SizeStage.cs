using Dolphin.Domain.SizeLearning;

namespace Dolphin.Domain.Tests.SizeLearning;

/// <summary>A size learner in one hand: sends every input twice, folds the events, and can play whole episodes.</summary>
internal sealed class SizeRun(SizeLearningSettings? settings = null, ulong seed = 7)
{
    public static readonly DateTimeOffset Start = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);

    private int _episode;

    public SizeLearningPolicy Policy { get; } = PolicyOf(settings ?? new SizeLearningSettings());
    public SizeLearnerState State { get; private set; } = SizeLearnerState.Initial;
    public List<SizeEvent> Events { get; } = [];
    /// <summary>Events that came of sending every input a second time.</summary>
    public int NewFromRepeats { get; private set; }
    public DateTimeOffset Now { get; set; } = Start;

    public IEnumerable<T> All<T>() where T : SizeEvent => Events.OfType<T>();

    public static SizeLearningPolicy PolicyOf(SizeLearningSettings settings)
    {
        var errors = new List<string>();
        return SizeLearningPolicy.Create(settings, "size-learning", errors) ?? throw new Xunit.Sdk.XunitException(string.Join('\n', errors));
    }

    public Decision<SizeEvent> Send(SizeInput input)
    {
        var decision = SizeLearner.Decide(Policy, State, input);
        foreach (var e in decision.Events)
        {
            State = SizeLearner.Evolve(State, e);
            Events.Add(e);
        }
        NewFromRepeats += SizeLearner.Decide(Policy, State, input).Events.Length;
        return decision;
    }

    public SizeChoice Choose(string id, SizeContext context) => SizeLearner.Choose(Policy, State, new EpisodeId(id), context, seed);

    public Decision<SizeEvent> Open(string id, SizeChoice choice) => Send(new SizeInput.Open(new EpisodeId(id), choice, Now));

    public Decision<SizeEvent> Close(string id, decimal profit, decimal notional = 1_000m) =>
        Send(new SizeInput.Close(new EpisodeId(id), new Money(profit), new Money(notional), Now));

    public Decision<SizeEvent> Withdraw(string id) => Send(new SizeInput.Withdraw(new EpisodeId(id), Now));

    /// <summary>What a learner would have offered, by hand.</summary>
    public static SizeChoice Offered(decimal offered, decimal used = 1m, bool explored = false) => new(ScaledContext.Neutral, offered, used, explored);

    /// <summary>One episode by hand, an hour long, of 1000 at the constant.</summary>
    public Decision<SizeEvent> Played(decimal offered, decimal returned, decimal notional = 1_000m)
    {
        var id = $"hand:{++_episode}";
        Open(id, Offered(offered));
        Now = Now.AddHours(1);
        return Close(id, returned * notional, notional);
    }

    /// <summary>One episode that the learner chooses the size of, an hour long, of 1000 at the constant.</summary>
    /// <param name="returned">The return per notional, from the scaled context.</param>
    public SizeChoice Episode(SizeContext context, Func<ScaledContext, double> returned)
    {
        var id = $"episode:{++_episode}";
        var choice = Choose(id, context);
        Open(id, choice);
        Now = Now.AddHours(1);
        var notional = 1_000m * choice.Used;
        Close(id, decimal.Round((decimal)returned(choice.Context) * notional, 8), notional);
        return choice;
    }
}

/// <summary>Markets in which something can be learned, or nothing.</summary>
internal static class SizeMarkets
{
    /// <summary>Each of the six anywhere in its scale.</summary>
    public static SizeContext Context(ref Chance chance)
    {
        double Unit(ref Chance c) => c.NextUnit();
        var z = 2 * Unit(ref chance) - 1;
        return new SizeContext(
            Confidence: Unit(ref chance), Volatility: 0.01 * (1 + z) / (1.0000001 - z), Pnl: 0.1 * Unit(ref chance) - 0.05,
            Divergence: 0.03 * Unit(ref chance), Funding: 0.002 * Unit(ref chance) - 0.001, Margin: 0.85 * Unit(ref chance));
    }

    /// <summary>Returns of nothing on average that no context foretells.</summary>
    public static readonly (string Name, Func<Chance, double> Return)[] Noises =
    [
        ("normal", c => 0.01 * c.NextNormal()),
        ("many small gains and a rare large loss", c => c.NextBool(10.0 / 11) ? 0.0019 : -0.019),
        ("at the bound either way", c => c.NextBool(0.5) ? 0.02 : -0.02),
    ];
}
