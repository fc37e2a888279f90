using Dolphin.Actors.Cluster;
using Dolphin.Domain;
using Dolphin.Domain.Survival;
using Dolphin.Venues;

namespace Dolphin.Actors.Sensors;

/// <param name="Peak">The best equity so far; null before the venue's first account view.</param>
/// <param name="Worst">The largest drawdown so far, a fraction.</param>
public sealed record DrawdownState(Money? Peak, Money Equity, double Worst);

/// <summary>L9: how much of the best equity is lost. The equity is the venue's, since that is what could be withdrawn.</summary>
public sealed class DrawdownSensor : SensorActor<DrawdownState>
{
    private readonly IClusterPort _cluster;
    private DrawdownState _state = new(null, Money.Zero, 0);

    public DrawdownSensor(SensorContext context, IClusterPort cluster) : base(LayerId.PortfolioDrawdown, context)
    {
        _cluster = cluster;
        Command<VenueEvent.Account>(account =>
        {
            var (equity, isFirst) = (account.View.Equity, _state.Peak is null);
            var peak = _state.Peak is { } best && best > equity ? best : equity;
            _state = new DrawdownState(peak, equity, Math.Max(_state.Worst, Fraction(peak, equity)));
            if (equity < peak || isFirst) Report();
        });
    }

    protected override void PreStart()
    {
        base.PreStart();
        _cluster.Subscribe(Topics.Account, Self);
    }

    protected override DrawdownState Capture() => _state;
    protected override void Restore(DrawdownState snapshot) => _state = snapshot;

    protected override LayerReading? Read(DateTimeOffset now) =>
        _state.Peak is { } peak ? new LayerReading.Drawdown(Fraction(peak, _state.Equity)) : null;

    private static double Fraction(Money peak, Money equity) => peak.Quote > 0m ? (double)((peak.Quote - equity.Quote) / peak.Quote) : 1;
}
