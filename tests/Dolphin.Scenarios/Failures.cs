using Dolphin.Domain;
using Dolphin.Scenarios.Stage;
using Dolphin.Venues;
using Dolphin.Venues.Paper;

namespace Dolphin.Scenarios;

/// <summary>Actors of a node that fail now and then, and are started again by whoever supervises them, while it trades.</summary>
public sealed class Failures
{
    private const ulong Market = 51;
    private const int Bars = 180;

    private static readonly string[] Actors =
    [
        "execution", "survival", "feed", "risk-listener", "sensors", "sensors/quorum", "sensors/ledger", "sensors/heartbeat", "sensors/slippage",
        "sensors/shocks", "sensors/drawdown", "asset-0000", "asset-0001", "asset-0002",
    ];

    [Theory(DisplayName = "One actor that fails every so many bars: every invariant holds, nobody halts, no id twice, nothing stays open, book = fills = venue")]
    [InlineData(1UL, 12, 10)]
    [InlineData(2UL, 12, 10)]
    [InlineData(3UL, 12, 10)]
    [InlineData(4UL, 12, 10)]
    [InlineData(5UL, 3, 3)]
    [InlineData(6UL, 3, 3)]
    public void Restarts(ulong seed, int every, int fills)
    {
        var market = Plans.Market(Market);
        var plan = Plans.Node(market) with { Execution = Plans.Execution with { OrderLife = TimeSpan.FromSeconds(30) } };
        using var node = new StagedNode(market, plan, Plans.Venue(Market), Bars);
        var chance = new Chance(seed);
        node.Play(bar =>
        {
            if (bar % every == every - 1 && bar < Bars - 5) node.Fail(Actors[chance.NextInt(Actors.Length)]);
        });

        Ledgers.AssertSound(node, node.End(), fills, $"seed {seed}");
    }
}
