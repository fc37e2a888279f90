using Dolphin.Domain.Hedging;
using Dolphin.Domain.Market;
using Xunit.Abstractions;

namespace Dolphin.Domain.Tests.Hedging;

public sealed class RecordedMarketStories(ITestOutputHelper output)
{
    private const string Folder = "01_usdm_1m_16sym_2025-05";

    [Fact(DisplayName = "Thirty days of BTCUSDT are many cycles, and never dust for ever")]
    public void Bitcoin()
    {
        if (SharedData.Find(Folder, "BTCUSDT-1m.csv.gz") is not { } path)
        {
            output.WriteLine($"Not run: no shared/data/{Folder} above {AppContext.BaseDirectory}.");
            return;
        }
        foreach (var rule in new[] { ExitCauses.Friction, ExitCauses.Friction | ExitCauses.Capital })
        foreach (var symbol in new[] { "BTC", "ETH", "SOL", "XRP", "ADA", "LAYER", "ENA", "SUI", "BNB", "XMR","LTC","XLM" })
        foreach (var h in new[] { 6, 24, 48 })
        {
            var (closes, instrument) = SharedData.ReadCloses(SharedData.Find(Folder, $"{symbol}USDT-1m.csv.gz")!, new Symbol(symbol+"USDT"));
            var run = new HedgeRun(HedgeRun.PolicyOf(new HedgeSettings { RestartAfter = rule, SigmaHorizon = TimeSpan.FromHours(h) }), instrument) { Risk = new HedgeRisk(1, true, true, new Money(1000)) };
            run.Send(new HedgeInput.Start("test", 1, DateTimeOffset.UnixEpoch));
            foreach (var (t, c) in closes) run.Bar(t, c);
            var mark = closes[^1].Close;
            output.WriteLine($"{symbol} {rule} H={h} lot {instrument.LotSize} cycles {run.State.Cycle} reb {run.All<HedgeEvent.Rebalanced>().Count()} ref {run.All<HedgeEvent.ReferenceMoved>().Count()} paused {run.All<HedgeEvent.Paused>().Count()} exits {run.State.Exits} ({string.Join(',', run.All<HedgeEvent.ExitStarted>().GroupBy(e => e.Causes).Select(g => g.Key + ":" + g.Count()))}) steps {run.All<HedgeEvent.ExitStepped>().Count()} mode {run.State.Mode} equity {run.Book.EquityChangeAt(mark)} path {run.Book.NetPathAt(mark)} cost {run.Book.CostOfTwoLegs} gap {run.Book.IdentityGapAt(mark)} events {run.Events.Count}");
        }
    }
}
