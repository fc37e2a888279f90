namespace Dolphin.Hosting.Akka.Simulation;

/// <summary>Supervises the top-level actors as <see cref="EngineSettings.GuardianStrategy"/> says, and notes what escalates past it.</summary>
internal sealed class GuardianStrategy : SupervisorStrategyConfigurator
{
    private readonly EngineSetup _setup = EngineSetup.Starting;

    public override SupervisorStrategy Create() => (_setup.Settings.GuardianStrategy ?? SupervisorStrategy.DefaultStrategy) switch
    {
        OneForOneStrategy each => new OneForOneStrategy(each.MaxNumberOfRetries, each.WithinTimeRangeMilliseconds, cause => Noted(each.Decider, cause)),
        AllForOneStrategy all => new AllForOneStrategy(all.MaxNumberOfRetries, all.WithinTimeRangeMilliseconds, cause => Noted(all.Decider, cause)),
        var other => throw new NotSupportedException(
            $"The guardian strategy is {other.GetType().Name}; expected OneForOneStrategy or AllForOneStrategy. The actor system was not created."),
    };

    private Directive Noted(IDecider decider, Exception cause)
    {
        var directive = decider.Decide(cause);
        if (directive == Directive.Escalate) _setup.Failure = cause;
        return directive;
    }
}
