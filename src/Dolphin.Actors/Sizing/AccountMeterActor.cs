using Dolphin.Actors.Cluster;
using Dolphin.Actors.Journal;
using Dolphin.Domain.Sizing;
using Dolphin.Venues;

namespace Dolphin.Actors.Sizing;

/// <summary>Measures the account for the sizing chain and publishes it. Its state is measured, never decided: it has snapshots and no events.</summary>
public sealed class AccountMeterActor : DurableActor<AccountMeter>
{
    public const string Id = "sizing-account";
    private readonly SizingPlan _plan;
    private readonly IClusterPort _cluster;
    private AccountMeter _meter = AccountMeter.Empty;

    public override string PersistenceId => Id;

    public AccountMeterActor(SizingPlan plan, IClusterPort cluster)
    {
        (_plan, _cluster) = (plan, cluster);
        Recover<RecoveryCompleted>(_ => Publish());
        Command<VenueEvent.Account>(account =>
        {
            _meter = _meter.After(account.View.Equity, account.View.InitialMargin, account.At, plan.PnlWindow);
            Publish();
        });
    }

    protected override void PreStart()
    {
        base.PreStart();
        _cluster.Subscribe(Topics.Account, Self);
    }

    protected override AccountMeter Capture() => _meter;
    protected override void Restore(AccountMeter snapshot) => _meter = snapshot;

    private void Publish()
    {
        if (_meter.Equity is not null) _cluster.Publish(Topics.Sizing, new SizingProtocol.Measured(_meter.Utilisation, _meter.PnlOf(_plan.Capital), _meter.At));
    }
}
