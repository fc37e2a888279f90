using Dolphin.Domain.Survival;
using static Dolphin.Domain.Tests.Survival.SurvivalRig;

namespace Dolphin.Domain.Tests.Survival;

public sealed class RecorderStories
{
    private sealed class Journal(SurvivalRig rig)
    {
        private RiskSnapshot? _last;
        public List<SurvivalEvent> Events { get; } = [];

        public List<SurvivalEvent> Record()
        {
            var events = SurvivalRecorder.Decide(_last, rig.Assess(), rig.Policy.RecordMove, rig.Controller.Capture);
            if (events is [.., SurvivalEvent.Assessed assessed]) _last = assessed.Snapshot;
            Events.AddRange(events);
            return [.. events];
        }

        public Journal RunTo(double seconds)
        {
            while (rig.Now < seconds)
            {
                rig.Run(1);
                Record();
            }
            return this;
        }
    }

    private static RecordReason Reasons(IEnumerable<SurvivalEvent> events) =>
        events.OfType<SurvivalEvent.Assessed>().Aggregate(RecordReason.None, (all, e) => all | e.Because);

    [Fact(DisplayName = "A quiet hour costs one row at the start and one per posture on the way up")]
    public void Quiet()
    {
        var journal = new Journal(new SurvivalRig().RunTo(0));
        journal.Record();
        journal.RunTo(3600);
        Assert.Equal(4, journal.Events.Count(e => e is SurvivalEvent.Assessed));
        Assert.Equal(
            [Posture.Turtle, Posture.Stalker, Posture.Apex], journal.Events.OfType<SurvivalEvent.PostureChanged>().Select(e => e.To));
    }

    [Fact(DisplayName = "A shock and its 70 minutes of glide cost about one row per half a percent, not one per second")]
    public void Glide()
    {
        var rig = new SurvivalRig().RunTo(60);
        var journal = new Journal(rig);
        journal.Record();
        rig.Sensor(LayerId.ExfService, new LayerReading.Environment(At(61), TimeSpan.Zero));
        journal.RunTo(61);
        Assert.Equal(RecordReason.First | RecordReason.Posture | RecordReason.Binding | RecordReason.Moved, Reasons(journal.Events));
        var changed = journal.Events.OfType<SurvivalEvent.PostureChanged>().Single();
        Assert.Equal((Posture.Apex, Posture.Turtle, LayerId.ExfService), (changed.From, changed.To, changed.Binding));
        journal.RunTo(4400);
        Assert.InRange(journal.Events.Count, 130, 160);
        Assert.Null(((SurvivalEvent.Assessed)journal.Events[^1]).Snapshot.Binding);
    }

    [Fact(DisplayName = "A failing invariant is recorded with its reason, and its return")]
    public void Invariants()
    {
        var rig = new SurvivalRig().RunTo(60);
        var journal = new Journal(rig);
        journal.Record();
        rig.Sensor(LayerId.LedgerIntegrity, new LayerReading.Invariant(Holds: false, "Books are 0.01 USDT off the venue."));
        journal.RunTo(65);
        rig.Revive(LayerId.LedgerIntegrity);
        journal.RunTo(70);
        var failed = journal.Events.OfType<SurvivalEvent.InvariantFailed>().Single();
        Assert.Equal((LayerId.LedgerIntegrity, "Books are 0.01 USDT off the venue."), (failed.Layer, failed.Reason));
        Assert.Equal(LayerId.LedgerIntegrity, journal.Events.OfType<SurvivalEvent.InvariantRestored>().Single().Layer);

        rig.Kill(LayerId.Quorum);
        journal.RunTo(90);
        Assert.Contains("overdue", journal.Events.OfType<SurvivalEvent.InvariantFailed>().Last().Reason, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A failure that came and went between two assessments is recorded as both")]
    public void Blink()
    {
        var rig = new SurvivalRig().RunTo(60);
        var journal = new Journal(rig);
        journal.Record();
        rig.Controller.Report(new LayerReport(LayerId.LedgerIntegrity, new LayerReading.Invariant(Holds: false, "x"), At(60.2)));
        rig.Controller.Report(new LayerReport(LayerId.LedgerIntegrity, LayerReading.Invariant.Ok, At(60.4)));
        var events = journal.Record();
        Assert.Equal(
            [typeof(SurvivalEvent.PostureChanged), typeof(SurvivalEvent.InvariantFailed), typeof(SurvivalEvent.InvariantRestored), typeof(SurvivalEvent.Assessed)],
            events.Select(e => e.GetType()));
    }

    [Fact(DisplayName = "Latching and release by a new high are events; a release by acknowledgement is told by the acknowledgement alone")]
    public void Latches()
    {
        var rig = new SurvivalRig().RunTo(60);
        var journal = new Journal(rig);
        journal.Record();
        rig.Drawdown(0.12);
        journal.RunTo(61);
        Assert.Equal(0.12, journal.Events.OfType<SurvivalEvent.DrawdownLatched>().Single().Loss);
        rig.Controller.Apply(rig.Controller.DecideAcknowledge(LayerId.PortfolioDrawdown, "ada", At(61)).Events[0]);
        Assert.Equal(RecordReason.Latch, Reasons(journal.Record()));
        Assert.Empty(journal.Events.OfType<SurvivalEvent.DrawdownReleased>());
        rig.Drawdown(0.15);
        journal.RunTo(62);
        rig.Drawdown(0);
        journal.RunTo(63);
        Assert.Equal(0.0, journal.Events.OfType<SurvivalEvent.DrawdownReleased>().Single().Loss);
    }

    [Fact(DisplayName = "A sensor that is installed later is recorded as a change of the set of layers")]
    public void Layer_set()
    {
        var rig = new SurvivalRig(null, [.. All.Where(l => l != LayerId.EsofService)]).RunTo(60);
        var journal = new Journal(rig);
        journal.Record();
        rig.Controller.Install(LayerId.EsofService, At(60));
        Assert.Equal(RecordReason.LayerSet, Reasons(journal.Record()));
    }

    [Fact(DisplayName = "Flicker around a deadband's edge writes nothing")]
    public void Flicker()
    {
        var rig = new SurvivalRig().RunTo(60)
            .Sensor(LayerId.McForewarner, now => new LayerReading.Envelope(5, TimeSpan.FromSeconds((int)now % 2 == 0 ? 60 : 60.2)));
        var journal = new Journal(rig);
        journal.Record();
        journal.RunTo(600);
        Assert.Single(journal.Events);
    }

    [Fact(DisplayName = "The last recorded assessment is enough to go on from, after any crash")]
    public void Recovers_from_the_journal()
    {
        var rig = new SurvivalRig().RunTo(60);
        var journal = new Journal(rig);
        journal.Record();
        rig.Drawdown(0.12);
        journal.RunTo(61);
        var state = Json(rig.Controller.Capture());
        var reborn = new SurvivalController(rig.Policy, All, At(0), epoch: 0);
        foreach (var @event in journal.Events) reborn.Apply(@event);
        Assert.Equal(state, Json(reborn.Capture()));
    }
}
