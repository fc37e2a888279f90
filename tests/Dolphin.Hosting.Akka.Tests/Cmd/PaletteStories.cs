using Dolphin.Domain;
using Dolphin.Domain.Directional;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Domain.Reporting;
using Dolphin.Domain.Survival;
using Dolphin.Hosting.Akka.Cmd;

namespace Dolphin.Hosting.Akka.Tests.Cmd;

/// <summary>Every command of the dolphin palette is a plain message with a text for an answer, with or without Petabridge.Cmd.</summary>
public sealed class PaletteStories() : TestKit("akka.loggers = [], akka.stdout-loglevel = OFF")
{
    private static readonly DateTimeOffset At = new(2026, 1, 5, 9, 30, 0, TimeSpan.Zero);
    private readonly Node _node = new();

    [Fact(DisplayName = "status shows risk, money, every strategy, broken invariants and what halted")]
    public void Status()
    {
        var text = Said(new PaletteCommand.Status("ada"));
        Assert.Equal("""
            sim, Cluster edition, running, market time 2026-01-05 09:30:00Z
            R_total 0.500, TURTLE since 2026-01-05 09:30:00Z, bound by L7_EXF_SERVICE, by controller 3
            equity 99000.00, realised -10.50, unrealised 2.25, fees 3.00, funding -0.40, drawdown 1.00 % (max 2.50 %)
            orders 4, fills 3, open 1, rejected 0
            hedge-BTCUSDT: Active, cycle 2, long 0.5, short 0.4, realised -10.50 (look at me)
            INVARIANT VIOLATED 2 times: OrderSentOnce
            HALTED since 2026-01-05 09:30:00Z: book-BTCUSDT: a damaged row
            """, text);
    }

    [Fact(DisplayName = "posture shows where it is and the newest changes first")]
    public void Posture_command() => Assert.Equal("""
        R_total 0.500, TURTLE since 2026-01-05 09:30:00Z, bound by L7_EXF_SERVICE, by controller 3
        2026-01-05 09:30:00Z Stalker -> Turtle at R_total 0.500 (L7_EXF_SERVICE)
        2026-01-05 09:30:00Z Apex -> Stalker at R_total 0.700 (L7_EXF_SERVICE)
        """, Said(new PaletteCommand.Posture("ada")));

    [Fact(DisplayName = "explain takes R_total apart, and says so if nobody has spoken yet")]
    public void Explain()
    {
        Assert.StartsWith("R_total 0.5000  TURTLE", Said(new PaletteCommand.Explain("ada")), StringComparison.Ordinal);
        _node.Explanation = null;
        Assert.Contains("has not spoken", Refused(new PaletteCommand.Explain("ada")), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "exit starts the exit of one strategy in the name of who asks, and names the strategies there are")]
    public void Exit()
    {
        Assert.Equal("hedge-BTCUSDT leaves gracefully, by ada.", Said(new PaletteCommand.Exit("hedge-BTCUSDT", "ada")));
        Assert.Equal("There is no strategy 'hedge-X'; expected one of hedge-BTCUSDT, hedge-ETHUSDT. Nothing was done.", Refused(new PaletteCommand.Exit("hedge-X", "ada")));
        Assert.Contains("expected a strategy", Refused(new PaletteCommand.Exit("", "ada")), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "resume lets one strategy go on in the name of who asks, and names the strategies there are")]
    public void Resume()
    {
        Assert.Equal("hedge-BTCUSDT goes on, by ada.", Said(new PaletteCommand.Resume("hedge-BTCUSDT", "ada")));
        Assert.Contains("expected one of hedge-BTCUSDT", Refused(new PaletteCommand.Resume("hedge-X", "ada")), StringComparison.Ordinal);
        Assert.Contains("expected a strategy", Refused(new PaletteCommand.Resume("", "ada")), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "ack-drawdown passes the answer on, refusals with their code")]
    public void Acknowledge()
    {
        Assert.Equal("drawdown.not-latched: L9_PORTFOLIO_DD is not latched; there is nothing to acknowledge.", Refused(new PaletteCommand.AcknowledgeDrawdown("ada")));
        _node.Acknowledged = new ControlAnswer.Done("The drawdown is acknowledged.");
        Assert.Equal("The drawdown is acknowledged.", Said(new PaletteCommand.AcknowledgeDrawdown("ada")));
    }

    [Fact(DisplayName = "hermes shows a line for each asset or one in full; hermes-override and hermes-lift say an operator's word, or what was expected")]
    public void Hermes_commands()
    {
        Assert.Contains("dolphin.hermes.enabled = true", Refused(new PaletteCommand.Hermes("", "ada")), StringComparison.Ordinal);
        _node.Run = _node.Run with { Hermes = [HermesExplanation.Unseen(new Symbol("BTCUSDT"), HermesState.Initial, At, "It has not looked yet.")] };
        Assert.Equal("BTCUSDT  unknown  nobody  DEFENSIVE low", Said(new PaletteCommand.Hermes("", "ada")));
        Assert.StartsWith("BTCUSDT at 2026-01-05 09:30:00 UTC\n", Said(new PaletteCommand.Hermes("BTCUSDT", "ada")), StringComparison.Ordinal);
        Assert.Contains("expected one of BTCUSDT", Refused(new PaletteCommand.Hermes("XUSDT", "ada")), StringComparison.Ordinal);

        var word = new PaletteCommand.HermesOverride("BTCUSDT", "compression", "Cautious", "high", "1.5", "a test", "ada");
        Assert.Equal("BTCUSDT HedgeCompression Cautious High 01:30:00 a test by ada", Said(word));
        Assert.Equal("BTCUSDT Nobody    no reason was given by ada", Said(new PaletteCommand.HermesOverride("BTCUSDT", "nobody", "", "", "", "", "ada")));
        Assert.Equal("BTCUSDT     enough by ada", Said(new PaletteCommand.HermesLift("BTCUSDT", "enough", "ada")));
        Assert.Equal("The plan has no symbol 'XUSDT'; expected one of BTCUSDT. Nothing was done.", Refused(new PaletteCommand.HermesLift("XUSDT", "", "ada")));
        foreach (var (wrong, expected) in new[]
        {
            (word with { Symbol = "" }, "expected a symbol"), (word with { Strategy = "grid" }, "expected a strategy"), (word with { RiskPosture = "2" }, "expected a posture"),
            (word with { Priority = "asap" }, "expected a priority"), (word with { Hours = "-1" }, "expected a number of hours"), (word with { Hours = "1e9" }, "expected a number of hours"),
        })
            Assert.Contains(expected, Refused(wrong), StringComparison.Ordinal);
        Assert.Contains("expected a symbol", Refused(new PaletteCommand.HermesLift("", "", "ada")), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "signal gives an asset's strategy an opinion, or says what was expected")]
    public void Signal_command()
    {
        var word = new PaletteCommand.Signal("BTCUSDT", "short", "0.8", "scan-7", "ada");
        Assert.Equal("BTCUSDT Short 0.8 scan-7 by ada", Said(word));
        Assert.Equal("BTCUSDT Long 1  by ada", Said(word with { Side = "long", Confidence = "1", Id = "" }));
        Assert.Equal("The plan has no symbol 'XUSDT'; expected one of BTCUSDT. Nothing was done.", Refused(word with { Symbol = "XUSDT" }));
        foreach (var (wrong, expected) in new[]
        {
            (word with { Symbol = "" }, "expected a symbol"), (word with { Side = "up" }, "expected a side"), (word with { Confidence = "1.1" }, "expected a confidence"),
            (word with { Confidence = "" }, "expected a confidence"),
        })
            Assert.Contains(expected, Refused(wrong), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A failure is an answer too")]
    public void Failure()
    {
        _node.Acknowledged = null;
        Assert.Contains("Whether it was done is not known", Refused(new PaletteCommand.AcknowledgeDrawdown("ada")), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Before the controller has spoken the posture is said to be unknown")]
    public void Unknown()
    {
        _node.Run = _node.Run with { Risk = null, Postures = [] };
        Assert.Equal("R_total is not known yet", Said(new PaletteCommand.Posture("ada")));
    }

    private string Said(PaletteCommand command) => Ask(command, isError: false);
    private string Refused(PaletteCommand command) => Ask(command, isError: true);

    private string Ask(PaletteCommand command, bool isError)
    {
        var (view, control) = (_node, _node);
        Sys.ActorOf(Props.Create(() => new PaletteActor(new PaletteCommands(view, control)))).Tell(command, TestActor);
        var answer = ExpectMsg<PaletteAnswer>(TimeSpan.FromSeconds(20));
        Assert.Equal(isError, answer.IsError);
        return answer.Text;
    }

    private sealed class Node : IRunView, IRunControl
    {
        public Explanation? Explanation { get; set; } = new(At, 3, 17, 0.5, Posture.Turtle, At, new LayerId("L7_EXF_SERVICE"), []);
        public ControlAnswer? Acknowledged { get; set; } = new ControlAnswer.Refused(new Refusal("drawdown.not-latched", "L9_PORTFOLIO_DD is not latched; there is nothing to acknowledge."));
        public RunSnapshot Run { get; set; }

        public Node() => Run = new RunSnapshot("Cluster", "sim", 1, RunPhase.Running, At, At, new RunProgress(null, null, null, null),
            [
                new AssetRow(new Symbol("BTCUSDT"), null, "hedge-BTCUSDT", "Active", 2, new Dolphin.Domain.Reporting.Legs(new Leg(new Quantity(0.5m), null), new Leg(new Quantity(0.4m), null)), new Quantity(0.1m),
                    new Money(-10.5m), new Money(2.25m), new Money(3m), new Money(-0.4m), "look at me"),
            ],
            Explanation, new MoneyPicture(new Money(99_000m), new Money(-10.5m), new Money(2.25m), new Money(3m), new Money(-0.4m), 0.01, 0.025), new RunCounts(4, 3, 1, 0, 40),
            [new PostureChange(At, "Apex", "Stalker", 0.7, "L7_EXF_SERVICE"), new PostureChange(At, "Stalker", "Turtle", 0.5, "L7_EXF_SERVICE")],
            [new InvariantCount("OrderSentOnce", 5, 2), new InvariantCount("IntentBeforeSend", 5, 0)], [new HaltedEntity("book-BTCUSDT", "a damaged row", At)], []);

        public RunSnapshot Snapshot() => Run;
        public Task<Explanation?> ExplainAsync(DateTimeOffset? at, CancellationToken cancellation) => Task.FromResult(Explanation);

        public Task<ControlAnswer> ExitAsync(string strategy, string by, CancellationToken cancellation) => Task.FromResult<ControlAnswer>(strategy == "hedge-BTCUSDT"
            ? new ControlAnswer.Done($"{strategy} leaves gracefully, by {by}.")
            : new ControlAnswer.NoSuchStrategy(["hedge-BTCUSDT", "hedge-ETHUSDT"]));

        public Task<ControlAnswer> ResumeAsync(string strategy, string by, CancellationToken cancellation) => Task.FromResult<ControlAnswer>(strategy == "hedge-BTCUSDT"
            ? new ControlAnswer.Done($"{strategy} goes on, by {by}.")
            : new ControlAnswer.NoSuchStrategy(["hedge-BTCUSDT", "hedge-ETHUSDT"]));

        public Task<ControlAnswer> AcknowledgeDrawdownAsync(string by, CancellationToken cancellation) =>
            Acknowledged is { } answer ? Task.FromResult(answer) : Task.FromException<ControlAnswer>(new InvalidOperationException("The operator is gone."));
        public Task<ControlAnswer> TellHermesAsync(OperatorWord word, string by, CancellationToken cancellation) => Task.FromResult<ControlAnswer>(word.Symbol.Name == "BTCUSDT"
            ? new ControlAnswer.Done($"{word.Symbol} {word.Holder} {word.Posture} {word.Priority} {word.For} {word.Why} by {by}")
            : new ControlAnswer.NoSuchSymbol(["BTCUSDT"]));

        public Task<ControlAnswer> SignalAsync(SignalWord word, string by, CancellationToken cancellation) => Task.FromResult<ControlAnswer>(word.Symbol.Name == "BTCUSDT"
            ? new ControlAnswer.Done(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{word.Symbol} {word.Side} {word.Confidence} {word.Id} by {by}"))
            : new ControlAnswer.NoSuchSymbol(["BTCUSDT"]));

        public Task<ControlAnswer> AcknowledgeLedgerAsync(string by, CancellationToken cancellation) => Task.FromException<ControlAnswer>(new InvalidOperationException("Not a command of the palette."));
    }
}
