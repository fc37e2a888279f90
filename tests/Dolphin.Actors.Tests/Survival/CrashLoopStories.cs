using Dolphin.Actors.Cluster;
using Dolphin.Actors.Node;
using Dolphin.Actors.Sensors;
using Dolphin.Actors.Survival;
using Dolphin.Actors.Tests.Stage;
using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Domain.Survival;
using Dolphin.Venues;
using static Dolphin.Actors.Market.MarketProtocol;

namespace Dolphin.Actors.Tests.Survival;

/// <summary>A sensor that fails whenever it is asked, beside others that are well.</summary>
public sealed class CrashLoopStories : ActorStage
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly Tally _lives = new();
    private readonly TestProbe _risk;

    public CrashLoopStories()
    {
        _risk = CreateTestProbe("risk");
        Cluster.Subscribe(Topics.Risk, _risk.Ref);
    }

    private void Start(TimeSpan pulse)
    {
        var errors = new List<string>();
        var policy = SurvivalSettings.Reference.Set("pulse", pulse).ToPolicy(errors) ?? throw new InvalidOperationException(string.Join(' ', errors));
        var (cluster, invariants, board, installed, lives) = (Cluster, Invariants, Board, NodeActor.InstalledLayers, _lives);
        var survival = Sys.ActorOf(Props.Create(() => new SurvivalActor(policy, installed, false, cluster, cluster.Tenure, invariants, board)), "survival");
        var context = new SensorContext(survival, pulse);
        var ofAccount = AccountContext.Of(context, policy.HeartbeatLimit);
        var shocks = new ShockPolicy(TimeSpan.FromMinutes(5), TimeSpan.FromHours(24), VolatilityRatio: 4, Breadth: 0.8, WarmUp: TimeSpan.FromHours(1));
        IReadOnlyList<SensorPlace> places =
        [
            new(LayerId.Quorum, "quorum", Props.Create(() => new QuorumSensor(context, policy.HeartbeatLimit, cluster))),
            new(LayerId.LedgerIntegrity, "ledger", Props.Create(() => new LedgerSensor(ofAccount, Minute, Money.Zero, true, cluster, invariants))),
            new(LayerId.AlgoHeartbeat, "heartbeat", Props.Create(() => new Crashing(context, lives))),
            new(LayerId.SlippageDrift, "slippage", Props.Create(() => new SlippageSensor(ofAccount, cluster))),
            new(LayerId.ExfService, "shocks", Props.Create(() => new ShockSensor(context, shocks, hearsFactors: false, cluster))),
            new(LayerId.PortfolioDrawdown, "drawdown", Props.Create(() => new DrawdownSensor(ofAccount, true, cluster, Board))),
        ];
        Sys.ActorOf(Props.Create(() => new SensorsActor(places, cluster, board)), "sensors");
        Settle();
    }

    /// <returns>The newest assessment after so many pulses in which the others have all they need.</returns>
    private RiskSnapshot Live(TimeSpan pulse, int pulses)
    {
        for (var i = 0; i < pulses; i++)
        {
            Wait(pulse);
            Cluster.Publish(Topics.Slices, new SliceClosed(new MarketSlice((Clock - pulse).ToUnixTimeMilliseconds(), pulse, ReadOnlyMemory<SymbolBar>.Empty)));
            Cluster.Publish(Topics.Account, new VenueEvent.Account(new AccountView(null, Money.Zero, new Money(1_000m), Money.Zero, Money.Zero, []), Clock));
            Settle();
        }

        return Heard<RiskSnapshot>(_risk)[^1];
    }

    // The layer has been silent since it was installed: it decays from then on, by age and by silence alike.
    private static double Curve(double seconds, double pulse)
    {
        var decay = Math.Exp(-Math.Pow(4.75e-4 * Math.Max(0, seconds - pulse - 60), 0.77));
        return decay * decay;
    }

    private static void AssertOnlyHeartbeatIsMissed(RiskSnapshot risk, double expected)
    {
        Assert.Equal(expected, risk.RTotal, 1e-9);
        Assert.False(risk.InvariantFailed);
        foreach (var layer in risk.Layers.Where(l => l.Status != LayerStatus.Absent))
        {
            if (layer.Layer == LayerId.AlgoHeartbeat) Assert.Equal(LayerStatus.Awaiting, layer.Status);
            else Assert.Equal((layer.Layer, LayerStatus.Reporting, 1.0), (layer.Layer, layer.Status, layer.Damped));
        }
    }

    [Fact(DisplayName = "Once a minute it is started again, for ever; its layer decays as if it were silent, and the others report")]
    public void Slow_loop()
    {
        Start(Minute);
        AssertOnlyHeartbeatIsMissed(Live(Minute, 60), Curve(3_600, 60));
        Assert.Equal(61, _lives.Begun);
        Assert.Empty(Board.Halted);
        Assert.Empty(Violations);
    }

    [Fact(DisplayName = "Once a second it is started ten times and then stays down, seen by name; its layer decays all the same, and the others report")]
    public void Fast_loop()
    {
        Start(Second);
        Live(Second, 10);
        Assert.Equal((11, 0), (_lives.Begun, Board.Halted.Length));
        Live(Second, 1);
        var halted = Assert.Single(Board.Halted);
        Assert.Equal("sensor-L4_ALGO_HEARTBEAT", halted.Entity);
        Assert.Contains("the fourth bit is loose", halted.Reason, StringComparison.Ordinal);
        AssertOnlyHeartbeatIsMissed(Live(Second, 589), Curve(600, 1));
        Assert.Equal(11, _lives.Begun);
        Assert.Empty(Violations);
    }

    private sealed class Tally
    {
        public int Begun { get; set; }
    }

    private sealed class Crashing : SensorActor<HeartbeatState>
    {
        public Crashing(SensorContext context, Tally lives) : base(LayerId.AlgoHeartbeat, context) => lives.Begun++;
        protected override HeartbeatState Capture() => new(null, TimeSpan.Zero, TimeSpan.Zero);
        protected override void Restore(HeartbeatState snapshot) { }
        protected override LayerReading? Read(DateTimeOffset now) => throw new InvalidOperationException("the fourth bit is loose");
    }
}
