using System.Text.Json.Serialization;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Node;
using Dolphin.Domain;
using Dolphin.Domain.Survival;
using Dolphin.Venues;

namespace Dolphin.Actors.Sensors;

/// <summary>Stored for ever: add cases and optional fields; never rename, retype or reuse one.</summary>
public abstract record DrawdownEvent
{
    private DrawdownEvent() { }

    /// <param name="Ceiling">Quote; no equity before the next such event was above it.</param>
    public sealed record PeakRaised(Money Ceiling, DateTimeOffset At) : DrawdownEvent;
}

/// <param name="Peak">The best equity so far; null before the venue's first account view.</param>
/// <param name="Worst">The largest drawdown so far, a fraction.</param>
/// <param name="Ceiling">The last one stored, at or above the peak.</param>
/// <param name="SeenAt">When the equity was so; null in what versions without it stored.</param>
public sealed record DrawdownState(
    Money? Peak, Money Equity, double Worst, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Money? Ceiling = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? SeenAt = null)
{
    /// <summary>A basis point: what a restart may overstate, and how rarely a new high takes a row.</summary>
    public const decimal Headroom = 1.0001m;

    /// <summary>For those who only look: the best equity that is known of, from a snapshot and the highs stored after it; null before the first.</summary>
    /// <remarks>A stored high is taken for the peak that it was drawn above, not for the ceiling: who decides may overstate a loss, who reports may not.</remarks>
    public static Money? PeakAfter(DrawdownState? snapshot, IEnumerable<DrawdownEvent.PeakRaised> later)
    {
        var peak = snapshot?.Peak;
        foreach (var raised in later)
        {
            var under = raised.Ceiling.Quote > 0m ? new Money(raised.Ceiling.Quote / Headroom) : raised.Ceiling;
            if (!(peak >= under)) peak = under;
        }
        return peak;
    }
}

/// <summary>L9: how much of the best equity is lost. The equity is the venue's, since that is what could be withdrawn.</summary>
/// <remarks>
/// A peak that is forgotten makes a drawdown look smaller than it is. So the journal knows a ceiling a little above every peak: one row
/// for each basis point of new high. Who comes back without knowing what came after its snapshot takes the ceiling for the peak, and
/// says nothing before it has been told the equity of now.
/// </remarks>
public sealed class DrawdownSensor : AccountSensor<DrawdownState>
{
    private readonly RunBoard _board;
    private readonly bool _wireWasLost;
    private DrawdownState _state = new(null, Money.Zero, 0);

    /// <param name="wireWasLost">A new life that does not begin at the instant of its snapshot.</param>
    public DrawdownSensor(AccountContext context, bool wireWasLost, IClusterPort cluster, RunBoard board) : base(LayerId.PortfolioDrawdown, context, cluster)
    {
        (_wireWasLost, _board) = (wireWasLost, board);
        Recover<DrawdownEvent.PeakRaised>(raised => _state = _state with { Peak = raised.Ceiling, Ceiling = raised.Ceiling });
    }

    protected override DrawdownState Capture() => _state with { SeenAt = SeenAt };

    protected override void Restore(DrawdownState snapshot)
    {
        SeenAt = HasRestarted || _wireWasLost ? null : snapshot.SeenAt;
        _state = SeenAt is null ? snapshot with { Peak = snapshot.Ceiling ?? snapshot.Peak } : snapshot;
        if (_state.Peak is { } peak) _board.Drawdown = new Drawdown(Fraction(peak, _state.Equity), _state.Worst);
    }

    protected override LayerReading? Read(DateTimeOffset now) =>
        SeenAt is not null && _state.Peak is { } peak ? new LayerReading.Drawdown(Fraction(peak, _state.Equity)) : null;

    protected override void Hear(AccountView view, bool isFirst)
    {
        var equity = view.Equity;
        var peak = _state.Peak is { } best && best > equity ? best : equity;
        var lost = Fraction(peak, equity);
        _state = _state with { Peak = peak, Equity = equity, Worst = Math.Max(_state.Worst, lost) };
        _board.Drawdown = new Drawdown(lost, _state.Worst);
        if (_state.Ceiling is not { } ceiling || peak > ceiling) Raise(peak);
        if (equity < peak || isFirst) Report();
    }

    // Held at once: no other high takes a row of its own while this one is stored.
    private void Raise(Money peak)
    {
        var ceiling = peak.Quote > 0m ? peak * DrawdownState.Headroom : peak;
        _state = _state with { Ceiling = ceiling };
        Persist(new DrawdownEvent.PeakRaised(ceiling, Now), static _ => { });
    }

    private static double Fraction(Money peak, Money equity) => peak.Quote > 0m ? (double)((peak.Quote - equity.Quote) / peak.Quote) : 1;
}
