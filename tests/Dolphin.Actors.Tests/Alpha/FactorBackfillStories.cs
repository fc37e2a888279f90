using System.Collections.Immutable;
using Dolphin.Actors.Alpha;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.External;
using Dolphin.Actors.Scan;
using Dolphin.Actors.Tests.External;
using Dolphin.Actors.Tests.Scan;
using Dolphin.Actors.Tests.Stage;
using Dolphin.Domain.Alpha;
using Dolphin.Domain.External;
using Dolphin.Domain.Market;
using Dolphin.Domain.Reporting;
using Dolphin.Domain.Scan;

namespace Dolphin.Actors.Tests.Alpha;

/// <summary>Alpha and who tells of factors begin one after the other, in either order, fail, or do not hear each other: what is known reaches the breaker.</summary>
public sealed class FactorBackfillStories : ActorStage
{
    private static readonly ImmutableArray<Symbol> Universe = ScanStories.Universe;
    private static readonly DateTimeOffset T0 = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly TestProbe _snapshots, _requests;
    private IActorRef _alpha = ActorRefs.Nobody, _factors = ActorRefs.Nobody;
    private int _lives;
    private long _scans;

    public FactorBackfillStories()
    {
        (_snapshots, _requests) = (CreateTestProbe("snapshots"), CreateTestProbe("requests"));
        Cluster.Subscribe(Topics.Alpha, _snapshots.Ref);
        Cluster.Subscribe(Topics.FactorRequests, _requests.Ref);
    }

    // Funding of every asset for ten days, a taker ratio each hour for two, and one index of the market: with each lag something counts.
    private static ExternalFactorsPlan Tape => ExternalFactorsStories.Plan(
    [
        .. Enumerable.Range(-30, 31).SelectMany(i => Universe.Select(symbol => new FactorValue(symbol, Factors.Funding, 0.0008, T0.AddHours(8 * i)))),
        .. Enumerable.Range(-48, 49).SelectMany(i => Universe.Select(symbol => new FactorValue(symbol, Factors.TakerRatio, 0.8, T0.AddHours(i)))),
        .. Enumerable.Range(-10, 11).Select(i => new FactorValue(null, Factors.Dvol, 70, T0.AddHours(i))),
    ]);

    private void BeginFactors(bool wireWasLost = true)
    {
        var (plan, cluster, board) = (Tape, Cluster, Board);
        _factors = Sys.ActorOf(Props.Create(() => new ExternalFactorsActor(plan, Minute, wireWasLost, cluster, board)), $"factors-{++_lives}");
        Settle();
    }

    private void BeginAlpha(bool hearsFactors = true, bool wireWasLost = true)
    {
        var (plan, universe, cluster, run, tenure) = (AlphaStories.Plan(), Universe, Cluster, Board, new SoleTenure(3));
        var alpha = Props.Create(() => new AlphaActor(plan, universe, cluster, tenure, run, hearsFactors, wireWasLost));
        _alpha = Sys.ActorOf(Props.Create(() => new Parent(alpha)), $"parent-{++_lives}");
        Settle();
    }

    private void End(IActorRef actor)
    {
        Sys.Stop(actor);
        Settle();
    }

    private AlphaSnapshot Scan()
    {
        var loadings = Universe[..4].Select(s => new ScanProtocol.AssetLoading(s, 0.5)).ToImmutableArray();
        Wait(TimeSpan.FromSeconds(1));
        Cluster.Publish(Topics.Scan, new ScanProtocol.Scanned(
            new ScanPicture(++_scans, Clock, Minute, default, default, default, 8, 8, [], null, default, default, 0, 0, null, ScanWatchState.Initial), 50, loadings));
        return Heard<AlphaSnapshot>(_snapshots)[^1];
    }

    private double[] Cuts() => [.. Scan().Assets.Select(a => a.Multiplier)];
    private bool KnowsAll() => Scan().Assets.All(a => a.Unknown == BreakerFactors.None);
    private int Asked() => Heard<ExternalFactors.GetKnown>(_requests).Count;

    [Fact(DisplayName = "Whoever begins first, the breaker knows every factor with the first scan, and cuts by the same numbers")]
    public void Both_orders()
    {
        BeginAlpha();
        BeginFactors();
        Wait(AlphaActor.AskAgainAfter); // The first question came too early.
        var alphaFirst = Cuts();
        Assert.True(KnowsAll());
        End(_alpha);
        End(_factors);
        Asked();
        BeginFactors();
        BeginAlpha();
        Wait(AlphaActor.AskAgainAfter);
        Assert.True(KnowsAll());
        Assert.Equal(alphaFirst, Cuts());
        Assert.All(alphaFirst, left => Assert.InRange(left, 0.05, 0.5));
        Assert.Equal(1, Asked()); // It was answered.
    }

    [Fact(DisplayName = "What is heard of the present before the answer comes does not keep the past out, and an answer that comes twice changes nothing")]
    public void Present_before_past()
    {
        BeginAlpha();
        var newest = new ExternalFactors.Observed(null, Factors.Funding, 0.0001, Clock);
        Cluster.Publish(Topics.Factors, newest);
        Assert.All(Scan().Assets, a => Assert.True(a.Unknown.HasFlag(BreakerFactors.Funding)));
        ExternalFactors.Known[] pieces =
        [
            new([new(null, Factors.Funding, 0.0008, T0.AddDays(-5)), new(null, Factors.TakerRatio, 0.8, T0.AddDays(-1))], 0, 2),
            new([newest, new(null, Factors.Dvol, 70, T0), new(null, "of somebody else", 1, T0)], 1, 2),
        ];
        Cluster.Publish(Topics.Factors, pieces[1]);
        Asked();
        Wait(AlphaActor.AskAgainAfter);
        Assert.Equal(1, Asked()); // Half an answer is none.
        foreach (var piece in pieces) Cluster.Publish(Topics.Factors, piece);
        Assert.True(KnowsAll());
        var known = Cuts();
        foreach (var piece in pieces.Reverse()) Cluster.Publish(Topics.Factors, piece);
        Assert.Equal(known, Cuts());
        Wait(TimeSpan.FromMinutes(5));
        Assert.Equal(0, Asked());
    }

    [Fact(DisplayName = "Where nobody answers it asks for a minute and not longer, and says so; who begins then tells all by himself")]
    public void Nobody_answers()
    {
        EventFilter.Warning(contains: "Nobody has told").ExpectOne(() =>
        {
            BeginAlpha();
            Wait(TimeSpan.FromHours(1));
        });
        Assert.Equal(AlphaActor.MostQuestions, Asked());
        Assert.False(KnowsAll());
        BeginFactors();
        Assert.True(KnowsAll());
    }

    [Fact(DisplayName = "One that fails while factors are told of asks for what it missed; one that goes on from a checkpoint has missed nothing and asks nobody, nor does one without factors")]
    public void Who_asks()
    {
        BeginAlpha(hearsFactors: false);
        End(_alpha);
        BeginAlpha(wireWasLost: false);
        Wait(Minute);
        Assert.Equal(0, Asked());
        BeginFactors(wireWasLost: false);
        Assert.True(KnowsAll());
        Resolve($"{_alpha.Path.ToStringWithoutAddress()}/alpha").Tell(Kill.Instance, ActorRefs.NoSender); // It has no snapshot: all is gone.
        Settle();
        Assert.Equal(1, Asked());
        Assert.True(KnowsAll());
    }

    /// <summary>As the node's actor has it.</summary>
    private sealed class Parent : ReceiveActor
    {
        public Parent(Props alpha) => Context.ActorOf(alpha, "alpha");
        protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(static _ => Directive.Restart);
    }
}
