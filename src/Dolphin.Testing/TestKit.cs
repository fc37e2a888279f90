namespace Dolphin.Testing;

/// <summary>Base of a test class with an actor system of its own: in virtual time, unless it is given another.</summary>
public class TestKit : TestKitBase, IDisposable
{
    private static readonly EngineSettings Settings =
        EngineSettings.VirtualTime with { AskDrivesTime = true, LogLevel = LogLevel.DebugLevel, MaxTurnsPerInstant = 1_000_000 };

    private readonly bool _ownsSystem;
    private bool _disposed;

    public TestKit() : this(ActorSystem.Create("test", Settings), ownsSystem: true, manualClock: false) { }

    /// <summary>Tests in a system made elsewhere. It ends with the test.</summary>
    public TestKit(ActorSystem? system)
        : this(system ?? ActorSystem.Create("test", Settings), ownsSystem: true, manualClock: false) { }

    /// <summary>
    /// Takes a configuration text for compatibility. The one thing it decides is whether the clock moves by itself: not if the
    /// text names a TestScheduler.
    /// </summary>
    public TestKit(string config)
        : this(ActorSystem.Create("test", Settings), ownsSystem: true, config.Contains("TestScheduler", StringComparison.Ordinal)) { }

    public TestKit(EngineSettings settings) : this(ActorSystem.Create("test", settings), ownsSystem: true, manualClock: false) { }

    /// <summary>Tests in a system of these settings.</summary>
    /// <param name="manualClock">True: the clock moves only when told, as with a TestScheduler, and no expectation waits for a timer.</param>
    protected TestKit(EngineSettings settings, bool manualClock) : this(ActorSystem.Create("test", settings), ownsSystem: true, manualClock) { }

    private TestKit(ActorSystem system, bool ownsSystem, bool manualClock) : base(system, manualClock, testActorName: null, new long[1])
    {
        _ownsSystem = ownsSystem;
        Ambient();
    }

    /// <summary>Moves the clock by hand.</summary>
    public TestScheduler TestScheduler => new(Sys);

    /// <summary>After each test, before the system ends.</summary>
    protected virtual void AfterAll()
    {
        // A hook for subclasses.
    }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (_disposed || !disposing) return;
        _disposed = true;
        AfterAll();
        try
        {
            if (_ownsSystem && !Sys.WhenTerminated.IsCompleted) Shutdown();
        }
        catch (ActorSystemFailedException)
        {
            // The failure has surfaced in the test already, where it may have been what the test wanted.
        }
        finally
        {
            TestRuntime.SpeakAs(null);
        }
    }
}

/// <summary>The hand on a virtual clock.</summary>
public sealed class TestScheduler(ActorSystem system)
{
    public DateTimeOffset Now => system.Scheduler.Now;
    /// <summary>Moves the clock, firing what is due on the way and handling all messages.</summary>
    public void Advance(TimeSpan offset) => system.VirtualTime().RunFor(offset);
    public void AdvanceTo(DateTimeOffset when) => system.VirtualTime().RunUntil(when);
}
