using System.Collections.Immutable;
using Dolphin.Actors.Directional;
using Dolphin.Actors.Hermes;
using Dolphin.Actors.Strategies;
using Dolphin.Backtest.Replay;
using Dolphin.Backtest.Tests.Stage;
using Dolphin.Domain;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Domain.Reporting;
using static Dolphin.Actors.Node.OperatorProtocol;

namespace Dolphin.Backtest.Tests.Replay;

/// <summary>How requests from the outside get into virtual time.</summary>
public sealed class OperatorDeskStories : TestKit
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 5, 12, 0, 0, TimeSpan.Zero);
    private readonly List<Asked> _heard = [];
    private readonly OperatorDesk _desk = new(["hedge-B", "hedge-A"], new HermesReach([Asset("AAAUSDT", Policy), Asset("BBBUSDT", null)]), new SignalReach([Asset("AAAUSDT", Policy), Asset("BBBUSDT", null)]));

    private static HermesPolicy Policy { get; } = HermesPolicy.Create(new HermesSettings { Allowed = [LegHolder.BandLimitedHedging, LegHolder.HedgeCompression] }, new RegimeSettings(), "test", [])!;

    // Of the strategies only the names matter here.
    private static AssetPlan Asset(string symbol, HermesPolicy? hermes)
    {
        var hedge = Small.Hedge(Small.Market(), new Symbol(symbol));
        return new AssetPlan(hedge.Symbol, hedge.Instrument, [hedge], new Money(1_000m), hermes, new Money(600m));
    }

    private void Open(params Asked[] again)
    {
        var heard = _heard;
        _desk.Open(Sys.ActorOf(Props.Create(() => new Note(heard)), "operator"), again);
    }

    private sealed class Note : ReceiveActor
    {
        public Note(List<Asked> heard) => Receive<Asked>(asked =>
        {
            heard.Add(asked);
            if (asked.Hermes is { } word)
            {
                Sender.Tell(word.Holder == LegHolder.Nobody
                    ? new HermesProtocol.Refused(word.Symbol, new Refusal("hermes.override-stands", "There is one already."))
                    : new HermesProtocol.Done(word.Symbol, $"{asked.Verb} by {asked.By}"));
                return;
            }

            Sender.Tell(string.Equals(asked.Strategy, "hedge-B", StringComparison.Ordinal)
                ? new StrategyProtocol.Refused("hedge-B", new Refusal("hedge.over", "It has left already."))
                : new StrategyProtocol.Done("hedge-A", $"{asked.By} was heard."));
        });
    }

    private Task<ControlAnswer> Exit(string strategy, string by) => _desk.ExitAsync(strategy, by, CancellationToken.None);

    private static ControlAnswer AnswerTo(Task<ControlAnswer> asked)
    {
        Assert.True(asked.IsCompletedSuccessfully, $"The request is {asked.Status}; expected an answer by now.");
        return asked.GetAwaiter().GetResult();
    }

    [Fact(DisplayName = "A request waits for the gap between two slices and is heard there, in the order asked, with the time of the gap")]
    public void Waits_for_the_gap()
    {
        Open();
        var (first, second, third) = (Exit("hedge-A", "ada"), Exit("hedge-B", "bob"), _desk.AcknowledgeDrawdownAsync("cyd", CancellationToken.None));
        Assert.Empty(_heard);
        Assert.False(first.IsCompleted);
        _desk.Hear(Noon);
        Assert.Equal([new(Verbs.Exit, "hedge-A", "ada", Noon), new(Verbs.Exit, "hedge-B", "bob", Noon), new(Verbs.AcknowledgeDrawdown, null, "cyd", Noon)], _heard);
        Assert.Equal("ada was heard.", Assert.IsType<ControlAnswer.Done>(AnswerTo(first)).What);
        Assert.Equal("hedge.over", Assert.IsType<ControlAnswer.Refused>(AnswerTo(second)).Refusal.Code);
        Assert.IsType<ControlAnswer.Done>(AnswerTo(third));
        _desk.Hear(Noon.AddMinutes(1));
        Assert.Equal(3, _heard.Count);
    }

    [Fact(DisplayName = "A strategy that the run does not have is answered at once, with those it has")]
    public void No_such_strategy()
    {
        Open();
        Assert.Equal(["hedge-A", "hedge-B"], Assert.IsType<ControlAnswer.NoSuchStrategy>(AnswerTo(Exit("hedge-C", "ada"))).Known.AsEnumerable());
        _desk.Hear(Noon);
        Assert.Empty(_heard);
    }

    [Fact(DisplayName = "A word to Hermes waits for the gap like any other request; what cannot be said under the plan is refused at once and never heard")]
    public void Hermes()
    {
        Open();
        ControlAnswer Said(OperatorWord word)
        {
            var asked = _desk.TellHermesAsync(word, "ada", CancellationToken.None);
            _desk.Hear(Noon);
            return AnswerTo(asked);
        }

        var word = new OperatorWord(new Symbol("AAAUSDT"), "a delisting", LegHolder.HedgeCompression, RiskPosture.Cautious);
        Assert.Equal(["AAAUSDT", "BBBUSDT"], Assert.IsType<ControlAnswer.NoSuchSymbol>(Said(word with { Symbol = new Symbol("aaausdt") })).Known.AsEnumerable());
        var alone = Assert.IsType<ControlAnswer.Refused>(Said(word with { Symbol = new Symbol("BBBUSDT") })).Refusal;
        Assert.Equal("hermes.not-enabled", alone.Code);
        Assert.Contains("hedge-BBBUSDT has it for itself", alone.Reason, StringComparison.Ordinal);
        var missing = Assert.IsType<ControlAnswer.Refused>(Said(word with { Holder = LegHolder.ExposureProtector })).Refusal;
        Assert.Equal("hermes.not-in-plan", missing.Code);
        Assert.Empty(_heard);

        Assert.Equal("hermes-override by ada", Assert.IsType<ControlAnswer.Done>(Said(word)).What);
        Assert.Equal("hermes-lift by ada", Assert.IsType<ControlAnswer.Done>(Said(word with { Holder = null, Posture = null })).What);
        var refused = Assert.IsType<ControlAnswer.Refused>(Said(word with { Holder = LegHolder.Nobody })).Refusal;
        Assert.Equal(("hermes.override-stands", "AAAUSDT: There is one already."), (refused.Code, refused.Reason));
        Assert.Equal(new Asked(Verbs.HermesOverride, null, "ada", Noon, word), _heard[0]);
    }

    [Fact(DisplayName = "What was asked in an earlier life is asked again at its own instant, and what is new waits until all of it was")]
    public void Again()
    {
        Asked[] again = [new(Verbs.Exit, "hedge-A", "ada", Noon), new(Verbs.Exit, "hedge-B", "bob", Noon.AddMinutes(2))];
        Open(again);
        var late = Exit("hedge-A", "cyd");
        _desk.Hear(Noon.AddMinutes(-1));
        Assert.Empty(_heard);
        _desk.Hear(Noon);
        Assert.Equal(again[..1], _heard);
        _desk.Hear(Noon.AddMinutes(1));
        Assert.False(late.IsCompleted);
        _desk.Hear(Noon.AddMinutes(2));
        Assert.Equal([.. again, new Asked(Verbs.Exit, "hedge-A", "cyd", Noon.AddMinutes(2))], _heard);
        Assert.IsType<ControlAnswer.Done>(AnswerTo(late));
    }

    [Fact(DisplayName = "A hundred may wait; the next is refused and says so, and there is room again after the gap")]
    public void Too_many()
    {
        Open();
        for (var i = 0; i < 100; i++) Assert.False(Exit("hedge-A", $"{i}").IsCompleted);
        Assert.Equal("operator.too-many", Assert.IsType<ControlAnswer.Refused>(AnswerTo(Exit("hedge-A", "one too many"))).Refusal.Code);
        _desk.Hear(Noon);
        Assert.Equal(100, _heard.Count);
        Assert.False(Exit("hedge-A", "room again").IsCompleted);
    }

    [Fact(DisplayName = "Who is halted does not answer: the request is refused in the same gap, and the replay goes on")]
    public void Halted()
    {
        _desk.Open(Sys.ActorOf(Props.Create(() => new Mute()), "operator"), []);
        var asked = Exit("hedge-A", "ada");
        var before = Sys.Scheduler.Now;
        _desk.Hear(Noon);
        Assert.Equal("operator.no-answer", Assert.IsType<ControlAnswer.Refused>(AnswerTo(asked)).Refusal.Code);
        Assert.Equal(before, Sys.Scheduler.Now);
    }

    private sealed class Mute : ReceiveActor
    {
        public Mute() => Receive<Asked>(_ => { });
    }

    [Fact(DisplayName = "When the run is over nobody is left waiting: who waits, and who asks later, is told that nothing was done")]
    public void Over()
    {
        Open();
        var waiting = Exit("hedge-A", "ada");
        _desk.Close();
        foreach (var asked in (Task<ControlAnswer>[])[waiting, _desk.AcknowledgeDrawdownAsync("bob", CancellationToken.None)])
            Assert.Equal("operator.run-over", Assert.IsType<ControlAnswer.Refused>(AnswerTo(asked)).Refusal.Code);
        Assert.Empty(_heard);
    }
}
