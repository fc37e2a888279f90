using Dolphin.Actors.Directional;
using Dolphin.Domain;
using Dolphin.Domain.Directional;
using Dolphin.Domain.Exits;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Domain.Survival;
using Dolphin.Node.Plan;

namespace Dolphin.Node.Tests.Plan;

/// <summary>What a plan says of trading on signals, and the file that its signals are in.</summary>
public sealed class DirectionalPlanStories : IDisposable
{
    private const string OnSignals = "dolphin { universe.symbols = [BTCUSDT, ETHUSDT], strategies { strategy = directional, symbols { ETHUSDT { strategy = hedge-compression } } } }\n";
    private static readonly Symbol Btc = new("BTCUSDT");
    private static readonly Instrument Instrument = Instruments.Infer(Btc, 1, 3);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private CheckedPlan With(string? csv, string text = OnSignals, string file = "signals.csv")
    {
        if (csv is not null) _folder.File("signals.csv", csv);
        return TradingPlan.Load(_folder.File("plan.hocon", $"{text}dolphin.directional.signals-file = \"{file}\"\n"), _ => null);
    }

    private static DirectionalPlan Of(CheckedPlan plan) =>
        Assert.IsType<DirectionalPlan>(Assert.Single(plan.Good().Strategies.AssetOf(Btc, Instrument, 4).Strategies));

    private void Bad(string row, params string[] says) => With($"at,symbol,side,confidence,id\n2026-01-05T09:30:00Z,BTCUSDT,long,0.8,first\n{row}\n").Bad(says);

    [Fact(DisplayName = "Every default of the directional strategy and of the ExitBrain is the domain's; nobody trades on signals without a word")]
    public void Defaults()
    {
        var plan = PlanStories.Load("").Good();
        Assert.False(plan.Strategies.HasDirectional);
        Assert.Equal(new DirectionalSettings(), plan.Strategies.Directional.Policy.Settings);
        Assert.Equal(new ExitSettings(), plan.Strategies.Directional.Policy.Exits.Settings);
        Assert.Null(plan.Strategies.Directional.SignalsFile);
        Assert.Equal(plan.Fingerprint, PlanStories.Load("dolphin { directional { signal-lifetime = 1h, signals-file = nowhere.csv }, exit-brain.stop-loss = 2 }").Good().Fingerprint);
    }

    [Fact(DisplayName = "A symbol that trades on signals has its share of the account, its numbers, and its rows in order of time; what names no id gets one")]
    public void Of_a_symbol()
    {
        var plan = Of(With("# by hand\n\nat,symbol,side,confidence,id\n2026-01-05T09:31:00.5Z, BTCUSDT, short, 1e-1\n2026-01-05T09:30Z,BTCUSDT,long,0.8,first\n2026-01-05T09:30:00Z,BTCUSDT,short,1,second\n",
            OnSignals + "dolphin { directional { close-in = turtle, min-confidence = 60 % }, exit-brain.take-profit = 2 }\n"));
        Assert.Equal(("directional-BTCUSDT", LegHolder.Directional), (plan.StrategyId, plan.Holder));
        Assert.Equal((new Money(25_000m), 0.2m, 3m), (plan.Sizing.Capital, plan.Sizing.Fraction, plan.Sizing.ConfiguredLeverage));
        Assert.Equal(Posture.Turtle, plan.Policy.Settings.CloseIn);
        Assert.Equal((0.6, 2.0), (plan.Policy.Settings.MinConfidence, plan.Policy.Exits.Settings.TakeProfit));
        var at = new DateTimeOffset(2026, 1, 5, 9, 30, 0, TimeSpan.Zero);
        Assert.Equal(
        [
            new DirectionalSignal("first", PositionSide.Long, 0.8, at), new DirectionalSignal("second", PositionSide.Short, 1, at),
            new DirectionalSignal("20260105T093100.500Z-BTCUSDT-short", PositionSide.Short, 0.1, at.AddMinutes(1).AddSeconds(0.5)),
        ], plan.Signals.ToArray());
    }

    [Fact(DisplayName = "What the rows say is part of the plan, and neither what the file is called nor how it is written")]
    public void Fingerprint()
    {
        const string row = "2026-01-05T09:30:00Z,BTCUSDT,long,0.8";
        var first = With($"at,symbol,side,confidence\n{row}\n").Good().Fingerprint;
        Assert.Equal(first, With($"# by hand\nat,symbol,side,confidence\n\n2026-01-05T09:30Z , BTCUSDT , long , 0.80\n").Good().Fingerprint);
        _folder.File("other.csv", $"at,symbol,side,confidence\n{row}\n");
        Assert.Equal(first, With(null, file: "other.csv").Good().Fingerprint);
        Assert.NotEqual(first, With($"at,symbol,side,confidence\n{row}1\n").Good().Fingerprint);
        Assert.NotEqual(first, With("at,symbol,side,confidence\n").Good().Fingerprint);
        var hedging = PlanStories.Load("").Good().Fingerprint;
        Assert.NotEqual(hedging, PlanStories.Load("dolphin.strategies.strategy = directional").Good().Fingerprint);
        Assert.NotEqual(PlanStories.Load("dolphin.strategies.strategy = directional").Good().Fingerprint,
            PlanStories.Load("dolphin.strategies.strategy = directional, dolphin.exit-brain.stop-loss = 2").Good().Fingerprint);
    }

    [Fact(DisplayName = "A row that is none is refused with its file and line, what came and what was expected; several at once")]
    public void Bad_rows()
    {
        Bad("2026-01-05 09:30,BTCUSDT,long,0.8", "signals.csv:3", "Line 3 has the time '2026-01-05 09:30'; expected ISO 8601 in UTC with its Z");
        Bad("2026-01-05T09:30:00+01:00,BTCUSDT,long,0.8", "with its Z");
        Bad("2026-01-05T09:31:00Z,BTCUSDT,up,0.8", "the side 'up'; expected long or short");
        Bad("2026-01-05T09:31:00Z,BTCUSDT,long,1.1", "the confidence '1.1'; expected 0 to 1");
        Bad("2026-01-05T09:31:00Z,BTCUSDT,long,NaN", "the confidence 'NaN'");
        Bad("2026-01-05T09:31:00Z,BTCUSDT,long,-0.1", "the confidence '-0.1'");
        Bad("2026-01-05T09:31:00Z,XUSDT,long,0.8", "'XUSDT', which is not in dolphin.universe.symbols");
        Bad("2026-01-05T09:31:00Z,ETHUSDT,long,0.8", "'ETHUSDT', which hedge-compression trades; expected a symbol whose strategy is directional");
        Bad("2026-01-05T09:31:00Z,BTCUSDT,long,0.8,first", "Line 3 has signal first of BTCUSDT again, which is in line 2");
        Bad($"2026-01-05T09:31:00Z,BTCUSDT,long,0.8,{new string('x', 65)}", "an id of 65 characters; expected at most 64");
        Bad("2026-01-05T09:31:00Z,BTCUSDT,long,0.8,a\u001b[2J", "Line 3 has an id with a control character");
        Bad("2026-01-05T09:31:00Z,BTCUSDT,long", "has 3 cells");
        Bad("2026-01-05T09:31:00Z,BTCUSDT,up,2\n2026-01-05T09:32:00Z,,long,0.8", "Line 3 has the side", "Line 3 has the confidence", "Line 4 is for ''");
    }

    [Fact(DisplayName = "A file without a header, none at all, and one outside the plan's folder are refused; of a file that is something else not every line is told")]
    public void Bad_files()
    {
        With("2026-01-05T09:30:00Z,BTCUSDT,long,0.8\n").Bad("signals.csv:1", "expected the header at,symbol,side,confidence,id");
        With("").Bad("signals.csv:1", "has no header");
        With(null, file: "nowhere.csv").Bad("dolphin.directional.signals-file is \"nowhere.csv\"", "there is none");
        With(null, file: "../signals.csv").Bad("leads out of");
        With(null, file: "/etc/passwd").Bad("dolphin.directional.signals-file");
        With("at,symbol,side,confidence\n" + string.Concat(Enumerable.Repeat("nonsense\n", 1_000))).Bad("Line 2 has 1 cells in 'nonsense'");
        Assert.Equal(20, With(null).Problems.Length);
        With("at,symbol,side,confidence\n2026-01-05T09:30:00Z,BTCUSDT,long,0.8,first\n").Bad("has 5 cells");
    }

    [Fact(DisplayName = "Values out of their range are refused with their key, and Hermes may not be given the strategy")]
    public void Bad_values()
    {
        PlanStories.Load("dolphin.directional.signal-lifetime = 2d").Bad("dolphin.directional.signal-lifetime", "1 s to 1 day");
        PlanStories.Load("dolphin.directional.reverse-confidence = 0.4").Bad("dolphin.directional.reverse-confidence", "at least min-confidence");
        PlanStories.Load("dolphin.directional.close-in = stalker").Bad("dolphin.directional.close-in", "never, turtle, hibernate");
        PlanStories.Load("dolphin.exit-brain.most-stop = 0.6").Bad("dolphin.exit-brain.most-stop");
        PlanStories.Load("dolphin.exit-brain.stop-los = 1").Bad("did you mean 'stop-loss'");
        PlanStories.Load("dolphin.hermes.allowed = [band-limited-hedging, directional]").Bad("dolphin.hermes.allowed");
    }

    [Fact(DisplayName = "The shipped plan trades four assets on the signals of its file")]
    public void Shipped()
    {
        var plan = TradingPlan.Load(Path.Combine(AppContext.BaseDirectory, "hocon", "plans", "directional-may.hocon"), _ => null).Good();
        Assert.Equal(["BTCUSDT", "ETHUSDT", "SOLUSDT", "XRPUSDT"], plan.Strategies.Directional.Signals.Keys.Select(s => s.Name).Order(StringComparer.Ordinal));
        Assert.Equal(252, plan.Strategies.Directional.Signals.Values.Sum(s => s.Length));
        Assert.All(plan.Strategies.Directional.Signals.Values.SelectMany(s => s), s => Assert.Equal((0.7, 0L), (s.Confidence, s.At.UtcTicks % TimeSpan.TicksPerMinute)));
    }
}
