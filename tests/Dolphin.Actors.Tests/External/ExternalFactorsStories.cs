using System.Collections.Immutable;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.External;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Market;
using Dolphin.Actors.Sensors;
using Dolphin.Actors.Tests.Stage;
using Dolphin.Domain.External;
using Dolphin.Domain.Market;
using Dolphin.Domain.Survival;

namespace Dolphin.Actors.Tests.External;

/// <summary>ExF: what is played and asked for, what is published, what L7 hears, and what is left after a restart.</summary>
public sealed class ExternalFactorsStories : ActorStage
{
    private readonly TestProbe _listener, _controller;
    private IActorRef _service = ActorRefs.Nobody;
    private int _lives;

    public ExternalFactorsStories()
    {
        (_listener, _controller) = (CreateTestProbe("listener"), CreateTestProbe("controller"));
        Cluster.Subscribe(Topics.Factors, _listener.Ref);
    }

    private static readonly DateTimeOffset T0 = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static FactorValue Dvol(double value, double hours) => new(null, Factors.Dvol, value, T0.AddHours(hours));
    private static FactorValue Funding(double value, double hours) => new(Btc, Factors.Funding, value, T0.AddHours(hours));

    internal static ExternalFactorsPlan Plan(ImmutableArray<FactorValue> tape, params ReadOnlySpan<FactorSource> sources)
    {
        var errors = new List<string>();
        var settings = new FactorSettings { DvolFreshFor = TimeSpan.FromHours(1) };
        var policy = FactorPolicy.Create(settings, [.. tape.Select(v => v.Factor), .. sources.IsEmpty ? [] : (string[])[Factors.Dvol]], "test", errors) ?? throw new InvalidOperationException(string.Join(' ', errors));
        return new ExternalFactorsPlan(policy, tape, [.. sources]);
    }

    private void Live(ExternalFactorsPlan plan, bool wireWasLost = false)
    {
        Sys.Stop(_service);
        Settle();
        var (cluster, board) = (Cluster, Board);
        _service = Sys.ActorOf(Props.Create(() => new ExternalFactorsActor(plan, Minute, wireWasLost, cluster, board)), $"factors-{++_lives}");
        Settle();
    }

    private void TakeSnapshot()
    {
        _service.Tell(DurableProtocol.TakeSnapshot.Now);
        Settle();
    }

    private void StartSensor()
    {
        var (context, policy, cluster) = (new SensorContext(_controller.Ref, Minute), new ShockPolicy(Minute * 5, Minute * 60, 4, 0.8, Minute * 60), Cluster);
        Sys.ActorOf(Props.Create(() => new ShockSensor(context, policy, hearsFactors: true, cluster)), "shocks");
        Settle();
    }

    private void CloseSlice()
    {
        Cluster.Publish(Topics.Slices, new MarketProtocol.SliceClosed(new MarketSlice((Clock - Minute).ToUnixTimeMilliseconds(), Minute, ReadOnlyMemory<SymbolBar>.Empty)));
        Settle();
    }

    private void Minutes(int count)
    {
        for (var i = 0; i < count; i++)
        {
            Wait(Minute);
            CloseSlice();
        }
    }

    private List<ExternalFactors.Observed> Observed() => Heard<ExternalFactors.Observed>(_listener);
    private LayerReading.Environment LastHeard() => (LayerReading.Environment)Heard<LayerReport>(_controller)[^1].Reading;

    [Fact(DisplayName = "A tape is played on the run's clock: what lies behind it at once, each other value at its time and not before")]
    public void Tape()
    {
        Wait(TimeSpan.FromHours(2));
        Live(Plan([Funding(0.0001, -8), Funding(0.0002, 0), Funding(0.0003, 2.5), Dvol(50, 3)]));
        Assert.Equal([0.0001, 0.0002], Observed().Select(o => o.Value));
        Wait(TimeSpan.FromMinutes(29));
        Assert.Empty(Observed());
        Wait(TimeSpan.FromMinutes(1));
        Assert.Equal(new ExternalFactors.Observed(Btc, Factors.Funding, 0.0003, T0.AddHours(2.5)), Assert.Single(Observed()));
        Wait(TimeSpan.FromHours(1));
        Assert.Null(Assert.Single(Observed()).Asset);
        Assert.Equal(2, Board.Factors!.Factors.Length);
    }

    [Fact(DisplayName = "L7 hears of a shock at once and of it only once, and of age when a factor is no longer fresh")]
    public void Layer()
    {
        StartSensor();
        Live(Plan([Dvol(50, 0), Dvol(60, 1)]));
        Minutes(59);
        Assert.Equal(new LayerReading.Environment(null, TimeSpan.Zero), LastHeard());
        Wait(Minute);
        Assert.Contains(Heard<LayerReport>(_controller), r => r.Reading is LayerReading.Environment { ShockAt: { } at } && at == T0.AddHours(1) && r.At == T0.AddHours(1));
        Assert.Contains(Board.News, n => n.Text.Contains("a shock: dvol", StringComparison.Ordinal));
        CloseSlice();
        Minutes(90);
        Assert.InRange(LastHeard().Age, TimeSpan.FromMinutes(29), TimeSpan.FromMinutes(31));
    }

    [Fact(DisplayName = "A service that dies ages, whatever the market does")]
    public void Silence()
    {
        StartSensor();
        Live(Plan([Dvol(50, 0)]));
        Wait(Minute);
        CloseSlice();
        Sys.Stop(_service);
        Minutes(30);
        Assert.InRange(LastHeard().Age, TimeSpan.FromMinutes(28), TimeSpan.FromMinutes(30));
    }

    [Fact(DisplayName = "A new life says again what is kept, oldest first; one that goes on from a checkpoint says nothing twice")]
    public void Again()
    {
        var tape = Plan([.. Enumerable.Range(0, 20).Select(i => Funding(0.0001 * (i % 3), 8 * i))]);
        Live(tape);
        Wait(TimeSpan.FromDays(6));
        Assert.Equal(19, Observed().Count);
        TakeSnapshot();
        Live(tape);
        Assert.Empty(Observed());
        Live(tape, wireWasLost: true);
        var again = Observed();
        Assert.InRange(again.Count, 15, 17); // Five days of them, and the one that counts now.
        Assert.Equal(again.OrderBy(o => o.At), again);
        Wait(TimeSpan.FromHours(8));
        Assert.Single(Observed());
    }

    [Fact(DisplayName = "A state that was restored in the middle of a tape ends as one that was not")]
    public void Same()
    {
        ImmutableArray<FactorValue> values = [.. Enumerable.Range(0, 60).SelectMany(i => (FactorValue[])[Funding(0.0004 * Math.Sin(i), i), Dvol(50 + 8 * Math.Cos(i), i)])];
        var tape = Plan(values);
        Live(tape);
        Wait(TimeSpan.FromHours(23.5));
        TakeSnapshot();
        Live(tape);
        Wait(TimeSpan.FromHours(26.5));
        var broken = StoredJson.Write(Stored());
        var whole = new FactorCache(tape.Policy);
        whole.Begin(T0);
        foreach (var value in values.Where(v => v.At <= Clock)) whole.Take(value, value.At);
        Assert.Equal(System.Text.Encoding.UTF8.GetString(StoredJson.Write(whole.Capture())), System.Text.Encoding.UTF8.GetString(broken));
        FactorCacheState Stored() => (FactorCacheState)_service.Ask<DurableProtocol.StoredState>(DurableProtocol.GetStored.Now).GetAwaiter().GetResult().State;
    }

    // ---- sources -----------------------------------------------------------------------------------------------------

    private sealed class Script
    {
        public List<DateTimeOffset> Asked { get; } = [];
        public Queue<FactorAnswer?> Answers { get; } = new();
        public required Func<DateTimeOffset> Now { get; init; }

        public Task<FactorAnswer> Fetch(CancellationToken cancellation)
        {
            Asked.Add(Now());
            return Answers.TryDequeue(out var answer) ? answer is null ? new TaskCompletionSource<FactorAnswer>().Task : Task.FromResult(answer)
                : Task.FromResult<FactorAnswer>(new FactorAnswer.Values([new FactorValue(null, Factors.Dvol, 50 + Asked.Count * 0.01, Now())]));
        }

        public int[] Seconds => [.. Asked.Zip(Asked.Skip(1), (a, b) => (int)(b - a).TotalSeconds)];
    }

    private Script Ask(params FactorAnswer?[] answers)
    {
        var script = new Script { Now = () => Clock };
        foreach (var answer in answers) script.Answers.Enqueue(answer);
        Live(Plan([], new FactorSource("dvol", Minute, TimeSpan.FromSeconds(10), script.Fetch)));
        return script;
    }

    private Script AskWithPast(FactorAnswer? past, params FactorAnswer?[] answers)
    {
        var script = new Script { Now = () => Clock };
        foreach (var answer in (FactorAnswer?[])[past, .. answers]) script.Answers.Enqueue(answer);
        Live(Plan([], new FactorSource("dvol", Minute, TimeSpan.FromSeconds(10), script.Fetch) { Past = new FactorPast(TimeSpan.FromSeconds(50), script.Fetch) }));
        return script;
    }

    [Fact(DisplayName = "What was before the run began is asked for once, first, and told with its own times; an old shock in it is no news")]
    public void Past()
    {
        Wait(TimeSpan.FromDays(6));
        var script = AskWithPast(new FactorAnswer.Values([Funding(0.0001, 0), Funding(0.0004, 8), Funding(0.002, 16), Funding(0.002, 24), Dvol(50, 143.5)]));
        Assert.Equal([(0.0001, 0.0), (0.0004, 8), (0.002, 16), (0.002, 24), (50, 143.5)], Observed().Select(o => (o.Value, (o.At - T0).TotalHours)));
        Assert.Single(script.Asked);
        Assert.Equal(1, Board.Factors!.Counts.Single(c => c.Factor == Factors.Funding).Shocks);
        Assert.DoesNotContain(Board.News, n => n.Text.Contains("a shock", StringComparison.Ordinal));
        Wait(TimeSpan.FromMinutes(3));
        Assert.Equal([60, 60, 60], script.Seconds);
        Assert.All(Observed(), o => Assert.Equal(Factors.Dvol, o.Factor));
    }

    [Fact(DisplayName = "A past that fails is told once, and the present asked for at once; it is asked for again only as long as nothing has come")]
    public void Past_fails()
    {
        var nothing = new FactorAnswer.Nothing("expected candles; came 500");
        var script = AskWithPast(nothing, nothing, nothing, nothing, new FactorAnswer.Values([Dvol(50, 0)]), nothing);
        Wait(TimeSpan.FromMinutes(30));
        // Past and present; past and present after two minutes; past, which comes; the present, which fails; the present.
        Assert.Equal([0, 120, 0, 240, 60, 120, 60], script.Seconds[..7]);
        Assert.Single(Board.News, n => n.Text.Contains("dvol has not told of its past: expected candles; came 500", StringComparison.Ordinal));
        Assert.Single(Board.News, n => n.Text.Contains("dvol answers again", StringComparison.Ordinal) && n.At == T0.AddMinutes(6));
    }

    [Fact(DisplayName = "A past that never answers is given up after its own patience")]
    public void Past_silent()
    {
        var script = AskWithPast(null);
        Wait(TimeSpan.FromMinutes(20));
        Assert.Equal([50, 60], script.Seconds[..2]);
    }

    [Fact(DisplayName = "A past that wants to be left alone is, and comes when that is over, before the present: nothing of it is missing, and it is told once that it was late")]
    public void Past_is_put_off()
    {
        var full = new FactorAnswer.Nothing("the address has used 2100 of the 2400", TimeSpan.FromMinutes(1));
        var script = AskWithPast(full, full, full, new FactorAnswer.Values([Dvol(50, -8), Dvol(60, -4), Dvol(55, 0)]));
        Wait(TimeSpan.FromMinutes(4.5));
        Assert.Equal([60, 60, 60, 60], script.Seconds);
        Assert.Equal([50.0, 60, 55, 50.05], Observed().Select(o => o.Value), (a, b) => Math.Abs(a - b) < 1e-9); // The fifth answer is the present's.
        Assert.Single(Board.News, n => n.Text.Contains("dvol has not told of its past: the address has used 2100", StringComparison.Ordinal));
    }

    [Fact(DisplayName = "A past that is put off for ever is gone on without after five times")]
    public void Past_is_put_off_for_ever()
    {
        var full = new FactorAnswer.Nothing("429", TimeSpan.FromMinutes(10));
        var script = AskWithPast(full, full, full, full, full, new FactorAnswer.Values([Dvol(50, 0)]));
        Wait(TimeSpan.FromHours(2));
        Assert.Equal([600, 600, 600, 600, 600, 60, 60], script.Seconds[..7]);
        Assert.Equal(50, Observed().First().Value);
    }

    [Fact(DisplayName = "A source is asked every minute; one that fails half as often after each failure, up to a quarter of an hour, and it is news once")]
    public void Backoff()
    {
        var nothing = new FactorAnswer.Nothing("expected candles; came 500");
        var script = Ask([.. Enumerable.Repeat<FactorAnswer?>(nothing, 6)]);
        Wait(TimeSpan.FromHours(2));
        Assert.Equal([120, 240, 480, 900, 900, 900, 60, 60], script.Seconds[..8]);
        Assert.Single(Board.News, n => n.Text.Contains("came 500", StringComparison.Ordinal));
        Assert.Single(Board.News, n => n.Text.Contains("answers again", StringComparison.Ordinal));
        Assert.Empty(Board.Factors!.Failing);
    }

    [Fact(DisplayName = "Who asks to be left alone is left alone as long as it asks, and for a day at most")]
    public void Left_alone()
    {
        var script = Ask(new FactorAnswer.Nothing("429", TimeSpan.FromMinutes(37)), new FactorAnswer.Nothing("418", TimeSpan.FromDays(3)));
        Wait(TimeSpan.FromDays(2));
        Assert.Equal([37 * 60, 86_400, 60], script.Seconds[..3]);
    }

    [Fact(DisplayName = "A source that never answers is given up when patience is over, and what it has not given ages")]
    public void Silent()
    {
        var script = Ask(null, null, null);
        Wait(TimeSpan.FromMinutes(90));
        Assert.Equal([130, 250, 490, 60], script.Seconds[..4]);
        Assert.Contains(Board.News, n => n.Text.Contains("expected an answer within 10 s; none came", StringComparison.Ordinal));
    }

    [Fact(DisplayName = "A source that lacks something of a symbol gives what it has, and has not failed; what is lacking is news once, and shown until it is there")]
    public void Lacks()
    {
        FactorAnswer.Values Round(int lacking) => new([new FactorValue(null, Factors.Dvol, 50, Clock)], lacking, lacking > 0 ? "ETHUSDT: came [] of it" : "");
        Wait(Minute / 2); // Between two pulses.
        Ask(Round(1), Round(2), Round(0));
        Assert.Single(Observed());
        Wait(Minute / 2);
        Assert.Equal(["dvol: something of 1 symbols, such as ETHUSDT: came [] of it"], Board.Factors!.Lacking!.Value.AsEnumerable());
        Assert.Contains("  lacking from dvol: something of 1 symbols", Board.Factors.ToText(), StringComparison.Ordinal);
        Assert.Empty(Board.Factors.Failing);
        Wait(Minute);
        Assert.Contains("something of 2 symbols", Assert.Single(Board.Factors.Lacking!.Value), StringComparison.Ordinal);
        Assert.Single(Board.News, n => n.Text.Contains("dvol lacks something of 1 symbols, such as ETHUSDT: came [] of it", StringComparison.Ordinal));
        Assert.DoesNotContain(Board.News, n => n.Text.Contains("lacks something of 2", StringComparison.Ordinal));
        Wait(Minute);
        Assert.Null(Board.Factors.Lacking);
    }

    [Fact(DisplayName = "A source whose task fails is one that has nothing; absurd values are counted, and the factor stays as it was")]
    public void Broken()
    {
        var script = Ask(new FactorAnswer.Values([new FactorValue(null, Factors.Dvol, double.NaN, T0), new FactorValue(null, Factors.Dvol, -3, T0), new FactorValue(null, "unheard-of", 1, T0)]));
        Wait(TimeSpan.FromSeconds(30));
        Assert.Empty(Observed());
        Wait(Minute);
        Assert.Single(Observed());
        Wait(Minute);
        Assert.Equal((1L, 2L), (Board.Factors!.Counts.Single().Taken, Board.Factors.Counts.Single().Refused));
        Assert.True(script.Asked.Count >= 2);
    }
}
