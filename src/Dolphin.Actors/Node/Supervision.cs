namespace Dolphin.Actors.Node;

/// <summary>What happens when an actor of each kind throws. One table; docs/architecture.md repeats it in words.</summary>
public static class Supervision
{
    /// <summary>
    /// Sensors hold no money: start again, and let the layer's age tell the rest. One that fails more than ten times in a minute stays
    /// down, and its silence decays like any other.
    /// </summary>
    public static SupervisorStrategy Sensors(IActorContext parent, Action<Exception, Directive> note) => Restart(parent, 10, note);

    /// <summary>Whatever holds positions stops and is grounded: a state that could not be computed or stored is not traded on.</summary>
    public static SupervisorStrategy Positions(Action<Exception, Directive> note) => new OneForOneStrategy(failure =>
    {
        note(failure, Directive.Stop);
        return Directive.Stop;
    });

    /// <summary>
    /// The controller, the feed and the door to the venue start again from their journal. Three failures in a minute are no accident:
    /// the actor stays down, the controller's silence counts as a failed invariant, and nothing new is traded.
    /// </summary>
    public static SupervisorStrategy Core(IActorContext parent, Action<Exception, Directive> note) => Restart(parent, 3, note);

    private static OneForOneStrategy Restart(IActorContext parent, int atMostInAMinute, Action<Exception, Directive> note)
    {
        // Counted here and not by the strategy: the minute is one of the scheduler's clock, which Akka.NET's own count does not ask.
        var allowance = new RestartAllowance(atMostInAMinute, TimeSpan.FromMinutes(1));
        return new OneForOneStrategy(failure =>
        {
            var directive = allowance.Permits(parent.Sender, parent.System.Scheduler.MonotonicClock) ? Directive.Restart : Directive.Stop;
            note(failure, directive);
            return directive;
        });
    }
}
