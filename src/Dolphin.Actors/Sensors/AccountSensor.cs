using Dolphin.Actors.Cluster;
using Dolphin.Actors.Execution;
using Dolphin.Domain.Survival;
using Dolphin.Venues;

namespace Dolphin.Actors.Sensors;

/// <summary>A sensor whose evidence comes with the account: what it says stands while execution shows the account, and grows old when it does not.</summary>
/// <remarks>
/// A venue where nothing changes says nothing by itself, so an account that may not stand until the next pulse is asked for, until it comes. Without
/// that, who hears of no loss and who hears nothing would say the same.
/// </remarks>
public abstract class AccountSensor<TState> : SensorActor<TState> where TState : class
{
    private readonly IClusterPort _cluster;
    private readonly TimeSpan _stands, _asksAfter;

    protected AccountSensor(LayerId layer, AccountContext context, IClusterPort cluster) : base(layer, context.Sensor)
    {
        (_cluster, _stands, _asksAfter) = (cluster, context.Stands, context.Stands - context.Sensor.Pulse);
        Command<VenueEvent.Account>(account =>
        {
            var isFirst = SeenAt is null;
            if (!(account.At < SeenAt)) SeenAt = account.At;
            Hear(account.View, isFirst);
        });
    }

    /// <summary>When the newest account was true; null before the first, and then there is nothing to say.</summary>
    protected DateTimeOffset? SeenAt { get; set; }

    protected override DateTimeOffset VouchedUntil(DateTimeOffset now) => SeenAt is { } seen ? seen + _stands : DateTimeOffset.MinValue;

    /// <summary>This life has failed and begun again: what it knew is from before.</summary>
    protected bool HasRestarted { get; private set; }

    /// <param name="isFirst">Nothing was known before: the controller has been waiting.</param>
    protected virtual void Hear(AccountView view, bool isFirst)
    {
        if (isFirst) Report();
    }

    protected override void PreStart()
    {
        base.PreStart();
        _cluster.Subscribe(Topics.Account, Self);
        if (HasRestarted) AskForAccount(); // A node that begins asks by itself.
    }

    protected override void PostRestart(Exception reason)
    {
        HasRestarted = true;
        base.PostRestart(reason);
    }

    protected override void OnPulse()
    {
        if (!(Now - SeenAt <= _asksAfter)) AskForAccount();
        base.OnPulse();
    }

    protected void AskForAccount() => _cluster.Publish(Topics.AccountRequests, ExecutionProtocol.ShowAccount.Now);
}

/// <param name="Stands">How long what an account showed is taken to be so.</param>
public sealed record AccountContext(SensorContext Sensor, TimeSpan Stands)
{
    /// <summary>Half of the silence that an invariant may keep; where pulses are long, two of them: in one an account comes by itself, in the next it was asked for.</summary>
    public static AccountContext Of(SensorContext sensor, TimeSpan heartbeatLimit)
    {
        var (half, two) = (heartbeatLimit / 2, sensor.Pulse * 2);
        return new AccountContext(sensor, half > two ? half : two);
    }
}
