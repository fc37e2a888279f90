using Dolphin.Actors.Tests.Stage;
using Dolphin.Domain.Survival;
using Dolphin.Venues;

namespace Dolphin.Actors.Tests.Survival;

/// <summary>A whole node in which everything is nominal, but for one sensor that is killed: nobody tells R_total, and it falls all the same.</summary>
public sealed class SensorLossStories : NodeStage
{
    private const int Pulses = 120;
    private const double Lambda = 4.75e-4, Shape = 0.77; // The forewarner's table of design section 5, which other decays share.

    /// <summary>exp(-(lambda * max(0, x - deadband))^shape), written once more.</summary>
    private static double Decay(double seconds, double lambda, double deadband) =>
        Math.Exp(-Math.Pow(lambda * Math.Max(0, seconds - deadband), Shape));

    /// <summary>What a layer with a nominal last reading is worth, by the name of its sensor and the seconds by which its report is overdue.</summary>
    private static double Curve(string sensor, double overdue) => sensor switch
    {
        "heartbeat" => Decay(overdue, Lambda, 60) * Decay(overdue, Lambda, 60), // The age of the scan, and the silence of a structural layer.
        "slippage" => Decay(overdue, 0.005, 2), // The silence of a microstructure layer.
        "shocks" => Decay(overdue, Lambda, 600) * Decay(overdue, 5e-5, 3600), // The age of the data, and the silence of an environmental layer.
        "drawdown" => Decay(overdue, Lambda, 60), // The silence of the capital layer.
        _ => throw new ArgumentOutOfRangeException(nameof(sensor), sensor, "Not a sensor with a curve."),
    };

    private void Poison(string sensor)
    {
        Child($"sensors/{sensor}").Tell(PoisonPill.Instance, ActorRefs.NoSender);
        Settle();
    }

    /// <summary>A failure of the sensors' parent is a restart of them all: the one that was gone is back.</summary>
    private void Revive()
    {
        Child("sensors").Tell(Kill.Instance, ActorRefs.NoSender);
        Settle();
    }

    [Theory(DisplayName = "Killed, a sensor takes R_total along its layer's closed curve pulse by pulse; back again, it recovers no steeper than its slope, to exactly 1")]
    [InlineData("heartbeat", 0.01)]
    [InlineData("slippage", 0.6)]
    [InlineData("shocks", 0.01)]
    [InlineData("drawdown", 0.06)]
    public void Follows_the_curve(string sensor, double slopePerMinute)
    {
        Fly();
        Poison(sensor);
        for (var pulse = 1; pulse <= Pulses; pulse++)
        {
            NominalMinute();
            var expected = Math.Max(SurvivalController.Floor, Curve(sensor, 60.0 * (pulse - 1)));
            Assert.True(Math.Abs(expected - Risk.Latest!.RTotal) < 1e-9, $"{sensor}, pulse {pulse}: expected {expected:R}, came {Risk.Latest.RTotal:R}.");
            Assert.Equal((Clock, false), (Risk.Latest.At, Risk.Latest.InvariantFailed));
        }

        var lowest = Risk.Latest!.RTotal;
        Assert.True(lowest < 0.75, $"{sensor}: R_total only fell to {lowest}; the story shows nothing.");
        Revive();
        var before = lowest;
        for (var pulse = 0; before < 1.0; pulse++)
        {
            NominalMinute(Deposit.Quote + 10m); // A new high: what is measured from here on is the killed layer alone.
            var now = Risk.Latest!.RTotal;
            Assert.True(now <= before + slopePerMinute + 1e-9, $"{sensor}: R_total rose from {before:R} to {now:R} within a minute.");
            Assert.True(pulse < 200, $"{sensor}: after 200 minutes R_total is {now:R}.");
            before = now;
        }

        Assert.Equal(1.0, before);
        Assert.Empty(Violations);
    }

    [Theory(DisplayName = "Killed, the sensor of an invariant leaves R_total at 1 until its report is overdue by the heartbeat limit; then it is 0, everything open is cancelled, and back again it holds at once")]
    [InlineData("quorum")]
    [InlineData("ledger")]
    public void Invariant_is_missed(string sensor)
    {
        Fly();
        var cancels = Venue.Of<VenueCommand.CancelAll>().Count();
        Poison(sensor);
        NominalMinute();
        Assert.Equal(1.0, Risk.Latest!.RTotal);
        for (var pulse = 2; pulse < 10; pulse++)
        {
            NominalMinute();
            Assert.Equal((0.0, Posture.Hibernate, true), (Risk.Latest!.RTotal, Risk.Latest.Posture, Risk.Latest.InvariantFailed));
        }

        Assert.Equal(cancels + 1, Venue.Of<VenueCommand.CancelAll>().Count());
        Revive();
        for (var pulse = 0; pulse < 6; pulse++) NominalMinute(Deposit.Quote + 10m);
        Assert.Equal((1.0, Posture.Apex), (Risk.Latest!.RTotal, Risk.Latest.Posture));
        Assert.Empty(Violations);
    }
}
