using System.Collections.Immutable;
using Dolphin.Domain.Survival;

namespace Dolphin.Domain.Tests.Survival;

/// <summary>What is written down when somebody falls silent, when the quorum is lost, and when they come back.</summary>
public sealed class QuorumWatchStories
{
    private static readonly QuorumWatchPolicy Policy = new(TimeSpan.FromSeconds(65), Flattens: false);
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);
    private static readonly ImmutableSortedSet<string> Three = ["a:1", "b:1", "c:1"];
    private QuorumWatchState _state = QuorumWatchState.Initial;

    private static DateTimeOffset At(double seconds) => Start.AddSeconds(seconds);

    private static LayerEntry Layer(LayerId layer, double heard, LayerCategory category, double damped = 1, LayerReading? reading = null, LayerStatus status = LayerStatus.Reporting) => new(
        layer, category, status, reading, status == LayerStatus.Awaiting ? null : At(heard), [], default, default, 0, damped, damped, Start, Latched: false, Acknowledged: false);

    private static LayerEntry Slippage(double heard, LayerStatus status = LayerStatus.Reporting) => Layer(LayerId.SlippageDrift, heard, LayerCategory.Microstructure, status: status);
    private static LayerEntry Quorum(double heard, string? fails = null) =>
        Layer(LayerId.Quorum, heard, LayerCategory.Invariant, fails is null ? 1 : 0, new LayerReading.Invariant(fails is null, fails ?? ""));

    private string[] Look(double seconds, ImmutableArray<LayerEntry> layers, ImmutableSortedSet<string>? reachable = null, ImmutableSortedSet<string>? members = null, double began = 0)
    {
        var risk = new RiskSnapshot(1, 1, At(seconds), 1, Posture.Apex, Start, 6m, false, null, null, layers);
        return Fold(QuorumWatch.Decide(Policy, _state, new QuorumSight(risk, At(began), reachable is null ? [] : members ?? Three, reachable ?? []), At(seconds)));
    }

    private string[] Fold(ImmutableArray<QuorumEvent> events)
    {
        _state = events.Aggregate(_state, QuorumWatch.Evolve);
        return [.. events.Select(e => e.ToText())];
    }

    [Fact(DisplayName = "A sensor that is silent beyond the limit is written down once, with what follows; back again, with how long it was gone")]
    public void Sensor()
    {
        Assert.Empty(Look(65, [Slippage(0, LayerStatus.Overdue)]));
        Assert.Equal(["L6_SLIPPAGE_DRIFT: its sensor has been silent for 66 s, above 65 s; the layer decays with its age until it is heard"], Look(66, [Slippage(0, LayerStatus.Overdue)]));
        Assert.Empty(Look(120, [Slippage(0, LayerStatus.Overdue)]));
        Assert.True(_state.IsAlarmed);
        Assert.Equal("heartbeats: quorum, SILENT L6_SLIPPAGE_DRIFT; lost 0 times, 1 silences so far", _state.ToLine());
        Assert.Equal(["L6_SLIPPAGE_DRIFT: its sensor is heard again after 180 s; the layer recovers by its slope"], Look(180, [Slippage(180)]));
        Assert.False(_state.IsAlarmed);
    }

    [Fact(DisplayName = "A sensor whose reports come late each time is silent all the while, and not by turns")]
    public void Late_reports()
    {
        Assert.Single(Look(140, [Slippage(70, LayerStatus.Overdue)]));
        for (var late = 200; late < 600; late += 60) Assert.Empty(Look(late, [Slippage(late - 64, LayerStatus.Overdue)]));
        Assert.Single(_state.Sensors);
    }

    [Fact(DisplayName = "The quorum is lost with L1's own words and what follows, and regained with how long that was")]
    public void Quorum_is_lost()
    {
        Assert.Equal(
            ["the quorum is lost: 1 of 3 nodes can be heard; more than half are needed; R_total is 0, the posture HIBERNATE, every open order is cancelled"],
            Look(100, [Quorum(100, "1 of 3 nodes can be heard; more than half are needed")]));
        Assert.Empty(Look(110, [Quorum(110, "1 of 3 nodes can be heard; more than half are needed")]));
        Assert.Equal((At(100), 1L), (_state.LostSince, _state.Losses));
        Assert.Equal(["the quorum is there again after 30 s; the posture climbs from HIBERNATE step by step, as far as the other layers allow"], Look(130, [Quorum(130)]));
        Assert.Null(_state.LostSince);
    }

    [Fact(DisplayName = "Before anybody can have spoken no quorum is lost; a pulse and the limit later it is")]
    public void Beginning()
    {
        ImmutableArray<LayerEntry> waiting = [Layer(LayerId.Quorum, 0, LayerCategory.Invariant, damped: 0, status: LayerStatus.Awaiting)];
        Assert.Empty(Look(0, waiting));
        Assert.Empty(Look(65, waiting));
        Assert.StartsWith("the quorum is lost: Nothing heard from its sensor", Assert.Single(Look(66, waiting)), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "What a sensor said before the controller was away does not count against it: it has the limit to speak again")]
    public void After_a_silence_of_its_own()
    {
        Assert.Empty(Look(1_000, [Slippage(0, LayerStatus.Overdue), Quorum(0, "old")], began: 1_000));
        Assert.Equal(3, Look(1_066, [Slippage(0, LayerStatus.Overdue), Quorum(0, "old")], began: 1_000).Length);
    }

    [Fact(DisplayName = "A node that cannot be heard is named with what is left; it is heard again, or is a member no more")]
    public void Nodes()
    {
        Assert.Equal(["node c:1 cannot be heard; 2 of 3 nodes can, which is a majority: the rest goes on"], Look(1, [], ["a:1", "b:1"]));
        Assert.Empty(Look(2, [], ["a:1", "b:1"]));
        Assert.Equal(["node b:1 cannot be heard; 1 of 3 nodes can, which is no majority", "node c:1 is heard again; 1 of 3 nodes can be heard"], Look(3, [], ["c:1"])[1..]);
        Assert.Equal("a:1 b:1", string.Join(' ', _state.Nodes));
        Assert.Equal(["node a:1 is heard again; 2 of 2 nodes can be heard", "node b:1 has not been heard and is a member no more; 2 nodes are left, and what it did goes to them"],
            Look(4, [], ["a:1", "c:1"], ["a:1", "c:1"]));
        Assert.Empty(_state.Nodes);
    }

    [Fact(DisplayName = "A service that ends is said once; those that ended begin together with the process, or each for itself")]
    public void Services()
    {
        Assert.Equal(["scan stays down: no memory"], Fold(QuorumWatch.Ended(_state, "scan", "no memory", At(1))));
        Assert.Empty(Fold(QuorumWatch.Ended(_state, "scan", "no memory", At(2))));
        Fold(QuorumWatch.Ended(_state, "alpha", "it threw", At(3)));
        Assert.Equal("alpha scan", string.Join(' ', _state.Services));
        Assert.Empty(Fold(QuorumWatch.Begun(_state, ["hermes"], At(4))));
        Assert.Equal(["started again: scan"], Fold(QuorumWatch.Begun(_state, ["scan"], At(5))));
        Assert.Equal(["started again: alpha"], Fold(QuorumWatch.Begun(_state, entities: null, At(6))));
        Assert.Empty(QuorumWatch.Begun(_state, entities: null, At(7)));
    }

    private string[] Hear(double seconds, string node, params (string Entity, double Since)[] silent) =>
        Fold(QuorumWatch.Heard(Policy, _state, node, [.. silent.Select(s => new SilentService(s.Entity, node, At(s.Since)))], At(seconds)));

    [Fact(DisplayName = "Services that do not answer are said once, with since when and what is borne; those that answer again, or have ended, once more")]
    public void Hanging()
    {
        Assert.Empty(Hear(1, ""));
        Assert.Equal(
            ["no answer from scan (asked 66 s ago), patience 65 s: a handler that does not end, or a mailbox that is not worked off; what it does nobody does until it answers, and the layers that live on it fall as if it had ended"],
            Hear(67, "", ("scan", 1)));
        Assert.Empty(Hear(68, "", ("scan", 1)));
        Assert.Equal("heartbeats: quorum, SILENT scan (does not answer); lost 0 times, 1 silences so far", _state.ToLine());
        Assert.StartsWith("no answer from book-BTCUSDT (asked 66 s ago),", Assert.Single(Hear(70, "", ("scan", 1), ("book-BTCUSDT", 4))), StringComparison.Ordinal);
        Assert.Equal(["silent no more: scan (after 79 s)"], Hear(80, "", ("book-BTCUSDT", 4)));
        Assert.True(_state.IsAlarmed);
        Hear(81, "");
        Assert.Equal((false, null, 2L), (_state.IsAlarmed, _state.Hanging, _state.Silences));
    }

    [Fact(DisplayName = "When hundreds do not answer at once a few are named in words, and all are in the event")]
    public void Many_hang()
    {
        Assert.Contains("s003 (asked 66 s ago), s004 (asked 66 s ago) and 295 more, patience", Assert.Single(Hear(66, "", [.. Enumerable.Range(0, 300).Select(i => ($"s{i:000}", 0.0))])), StringComparison.Ordinal);
        Assert.Equal(300, _state.Hanging!.Value.Length);
    }

    [Fact(DisplayName = "Each node speaks for its own services; with a node that is removed its silent ones are forgotten, since what they did goes to others")]
    public void Hanging_by_node()
    {
        Hear(100, "a:1", ("scan", 0));
        Hear(100, "b:1", ("alpha", 0), ("scan", 0));
        Assert.Empty(Hear(101, "c:1"));
        Assert.Equal("alpha on b:1, scan on a:1, scan on b:1", string.Join(", ", _state.Hanging!.Value.Select(s => s.Name)));
        Look(102, [], ["b:1", "c:1"]);
        Look(103, [], ["b:1", "c:1"], ["b:1", "c:1"]);
        Assert.Equal("alpha on b:1, scan on b:1", string.Join(", ", _state.Hanging!.Value.Select(s => s.Name)));
    }

    [Fact(DisplayName = "Who asks for signs of life is missed itself when it says nothing more, and what it said last stays")]
    public void Watcher()
    {
        Hear(100, "", ("scan", 0));
        string[] Missing(double seconds) => Fold(QuorumWatch.WatcherSilent(Policy, _state, "", At(100), At(seconds)));
        Assert.StartsWith("no answer from service-watch (asked 66 s ago)", Assert.Single(Missing(166)), StringComparison.Ordinal);
        Assert.Empty(Missing(167));
        Assert.Equal("scan service-watch", string.Join(' ', _state.Hanging!.Value.Select(s => s.Entity)));
        Assert.Equal(["silent no more: service-watch (after 80 s)"], Hear(180, "", ("scan", 0)));
    }

    [Fact(DisplayName = "However often it happens, a screenful of actions is kept, the newest, in their order")]
    public void Bounded()
    {
        for (var i = 0; i < 50; i++) Look(100 + i, [Quorum(100 + i, i % 2 == 0 ? "gone" : null)]);
        Assert.Equal((QuorumWatchState.MostActions, 25L), (_state.Actions.Length, _state.Losses));
        Assert.Equal(Enumerable.Range(130, 20).Select(s => At(s)), _state.Actions.Select(a => a.At));
    }
}
