using System.Collections.Immutable;
using Dolphin.Domain.AutoExecution;
using Dolphin.Domain.Balancing;
using Dolphin.Domain.Market;
using Dolphin.Domain.Reporting;
using Dolphin.Domain.Tests.Balancing;
using static Dolphin.Domain.Tests.AutoExecution.ExecutorStage;
using static Dolphin.Domain.Tests.Balancing.BalancerStage;

namespace Dolphin.Domain.Tests.AutoExecution;

/// <summary>What people are told of balancer and executor while the same portfolio is looked at again and again.</summary>
public sealed class BalancerNewsStories
{
    private readonly BalancerNews _news = new("balancer");
    private readonly ExecutorStage _stage = new();
    private readonly BalancerPolicy _policy = PolicyOf(BalancerSettings.Default with { MinDiversification = 1 });
    private BalancerState _balancer = BalancerState.Initial;
    private ExecutorState _executor = ExecutorState.Initial;

    private ImmutableArray<NotableEvent> Look(double at, decimal equity = 1_000m, BalancerPolicy? policy = null) => Do(
        new BalancerInput.Cycle(new PortfolioSnapshot(
            new Money(equity), _stage.Positions, 1.0, 0.0, At(at)), At(at)),
        at, policy);

    private ImmutableArray<NotableEvent> Do(BalancerInput input, double at, BalancerPolicy? policy = null)
    {
        var round = BalancerRounds.Decide(policy ?? _policy, _balancer, _executor, input,
            () => new HoldersView(At(at), Known, _stage.Held.ToImmutableSortedDictionary(), [Ranked(Sol, 0), Ranked(Doge, 0), Ranked(Xrp, 0)]));
        (_balancer, _executor) = (round.Balancer, round.Executor);
        return _news.Hear(round.Events, _balancer);
    }

    [Fact(DisplayName = "What is asked for again because its holder left it is told once; when it had gone and is back it is news")]
    public void Same_imbalance()
    {
        _stage.Holds(Btc, 8m, 8m);
        Assert.Contains("hedge-BTCUSDT is to bring BTCUSDT to long 3.747", Assert.Single(Look(0)).Text, StringComparison.Ordinal);
        for (var i = 1; i <= 10; i++)
        {
            _stage.Holds(Btc, 8m - i / 4m, 8m - i / 4m); // It is filled slowly.
            Do(new BalancerInput.Done(i, At(60 * i - 1)), 60 * i - 1);
            Assert.Empty(Look(60 * i));
        }
        Assert.Equal(11L, _balancer.Actions.Reduce); // Commanded all the same.
        _stage.Holds(Btc, 3m, 3m);
        Do(new BalancerInput.Done(11, At(659)), 659);
        Assert.Empty(Look(660));
        _stage.Holds(Btc, 8m, 8m);
        Assert.Contains("command 12 reduce", Assert.Single(Look(720)).Text, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "One line a minute of each kind: what one look asks of many is one line, and what came too soon after it is counted in the next")]
    public void One_line()
    {
        _stage.Holds(Btc, 8m, 8m).Holds(Eth, 8m, 8m).Holds(Sol, 8m, 8m).Holds(Doge, 8m, 8m);
        var line = Assert.Single(Look(0, equity: 2_000m));
        Assert.Equal("commands 1 to 4 reduce: their holders are to make BTCUSDT, DOGEUSDT, ETHUSDT and 1 more smaller", line.Text);
        _stage.Holds(Xrp, 8m, 8m);
        Assert.Empty(Look(20, equity: 2_100m));
        foreach (var symbol in new[] { Btc, Eth, Sol, Doge, Xrp }) _stage.Holds(symbol, 3m, 3m);
        for (var at = 40; at <= 160; at += 20) Assert.Empty(Look(at, equity: 2_100m));
        _stage.Holds(Btc, 8m, 8m);
        var later = Assert.Single(Look(180, equity: 2_100m), n => n.Text.Contains(" reduce: ", StringComparison.Ordinal));
        Assert.EndsWith("at most (and 1 more of this kind since the last line)", later.Text, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "An overload is critical: the alert is told at every look, its commands once while they are under way, and neither waits for a minute to be over")]
    public void Critical()
    {
        foreach (var symbol in new[] { Btc, Eth, Sol, Doge }) _stage.Holds(symbol, 5.75m, 5.75m); // 92 % are used.
        var loose = PolicyOf(BalancerSettings.Default with { MinDiversification = 1, MaxSymbolExposure = 1m });
        Assert.Equal([NotableKind.Warning, NotableKind.Info], Look(0, policy: loose).Select(n => n.Kind));
        Assert.Equal(NotableKind.Warning, Assert.Single(Look(10, policy: loose)).Kind);
        _stage.Holds(Xrp, 1m, 1m); // Another one, and the smallest now.
        Do(new BalancerInput.Done(1, At(19)), 19);
        var second = Look(20, policy: loose);
        Assert.Equal([NotableKind.Warning, NotableKind.Info], second.Select(n => n.Kind));
        Assert.Contains("hedge-XRPUSDT", second[1].Text, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A holder's reason is told once, until it gives another or takes a trim")]
    public void Declined()
    {
        _stage.Holds(Btc, 8m, 8m);
        for (var i = 0; i < 6; i++)
        {
            Look(1_000 * i); // Who declines is asked again after sixteen minutes at most.
            var code = i < 4 ? "hedge.release-wanted" : "hedge.exits-not-allowed";
            var told = Do(new BalancerInput.Rejected(i + 1, code, $"No {i}.", At(1_000 * i + 1)), 1_000 * i + 1);
            string[] expected = i is 0 or 4 ? [$"command {i + 1} was declined: No {i}."] : [];
            Assert.Equal(expected, told.Select(n => n.Text));
        }
        Look(6_000);
        Do(new BalancerInput.Done(7, At(6_001)), 6_001);
        Look(6_060);
        Assert.Single(Do(new BalancerInput.Rejected(8, "hedge.exits-not-allowed", "No.", At(6_061)), 6_061));
    }

    [Fact(DisplayName = "A wish that nobody takes expires in words, once; after one that came true the next is news again")]
    public void In_vain()
    {
        _stage.Holds(Btc, 3m, 3m).Holds(Eth, 3m, 3m);
        Assert.Empty(Look(0, policy: Default));
        var told = Assert.Single(Look(60, policy: Default));
        Assert.StartsWith("command 1 expand: within 60 s nobody made it 5 symbols;", told.Text, StringComparison.Ordinal);
        for (var hour = 1; hour <= 3; hour++)
            foreach (var second in new[] { 0, 60 }) Assert.Empty(Look(3_600 * hour + second, policy: Default));
        Assert.Equal(4L, _balancer.Outcomes.Expired);
        Assert.Empty(Look(14_400, policy: Default));
        _stage.Holds(Sol, 3m, 3m).Holds(Doge, 3m, 3m).Holds(Xrp, 3m, 3m);
        Assert.Empty(Look(14_430, policy: Default));
        foreach (var symbol in new[] { Sol, Doge, Xrp }) _stage.Holds(symbol, 0m, 0m);
        Assert.Empty(Look(14_460, policy: Default));
        Assert.Single(Look(14_520, policy: Default));
    }
}
