using Akka.Actor.Setup;

namespace Dolphin.Hosting.Akka.Simulation;

/// <summary>Carries the settings to whatever a system creates by name.</summary>
internal sealed class EngineSetup(EngineSettings settings) : Setup
{
    [ThreadStatic]
    private static EngineSetup? t_starting;

    private volatile Exception? _failure;

    public EngineSettings Settings { get; } = settings;

    /// <summary>What escalated past the user guardian, if anything did.</summary>
    public Exception? Failure
    {
        get => _failure;
        set => _failure ??= value;
    }

    /// <summary>
    /// The system that this thread is creating. Akka.NET makes schedulers and guardian strategies from the name of a type, before the
    /// system could be asked for its setup.
    /// </summary>
    public static EngineSetup Starting => t_starting ?? throw new InvalidOperationException(
        "A part of a simulated actor system was configured by hand; expected ActorSystem.Create(name, EngineSettings).");

    public T Start<T>(Func<T> create)
    {
        t_starting = this;
        try
        {
            return create();
        }
        finally
        {
            t_starting = null;
        }
    }

    /// <summary>The settings of a system that was created with some.</summary>
    public static EngineSetup? Of(ActorSystem system) => system.Settings.Setup.Get<EngineSetup>() is { HasValue: true } setup ? setup.Value : null;
}
