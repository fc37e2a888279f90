using System.Diagnostics.CodeAnalysis;
using Dolphin.Engine.Event;
using Dolphin.Simulation;

namespace Dolphin.Engine.Actor;

/// <summary>A tree of actors with its scheduler, event stream and dead letters.</summary>
public abstract class ActorSystem : IActorRefFactory, IDisposable
{
    private protected ActorSystem() { }

    public abstract string Name { get; }
    public abstract EngineSettings Settings { get; }
    public abstract EventStream EventStream { get; }
    public abstract IActorRef DeadLetters { get; }
    public abstract IActorRef IgnoreRef { get; }
    public abstract IScheduler Scheduler { get; }
    public abstract ILoggingAdapter Log { get; }
    public abstract TimeSpan Uptime { get; }
    /// <summary>Completes when the last actor has ended.</summary>
    public abstract Task WhenTerminated { get; }

    /// <summary>A real-time system on the thread pool.</summary>
    public static ActorSystem Create(string name) => Create(name, EngineSettings.RealTime);

    /// <exception cref="ArgumentException">The name is not letters, digits, '-' or '_', beginning with a letter or digit.</exception>
    /// <exception cref="ConfigurationException">A setting is out of its range.</exception>
    public static ActorSystem Create(string name, EngineSettings settings)
    {
        if (string.IsNullOrEmpty(name) || !char.IsAsciiLetterOrDigit(name[0]) || !name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            throw new ArgumentException($"'{name}' cannot name an actor system; expected ASCII letters, digits, - or _, not beginning with - or _.", nameof(name));
        settings.Validate(name);
        return new LocalActorSystem(name, settings);
    }

    public abstract IActorRef ActorOf(Props props, string? name = null);
    public abstract ActorSelection ActorSelection(ActorPath actorPath);
    public abstract ActorSelection ActorSelection(string actorPath);
    public abstract void Stop(IActorRef actor);
    /// <summary>Stops all actors, top-level ones first told, leaves first ended.</summary>
    public abstract Task Terminate();
    public abstract void RegisterOnTermination(Action code);

    public abstract object RegisterExtension(IExtensionId extension);
    public abstract object GetExtension(IExtensionId extensionId);
    public abstract T GetExtension<T>() where T : class, IExtension;
    public abstract bool HasExtension(Type type);
    public abstract bool HasExtension<T>() where T : class, IExtension;
    public abstract bool TryGetExtension(Type extensionType, [MaybeNullWhen(false)] out object extension);
    public abstract bool TryGetExtension<T>([MaybeNullWhen(false)] out T extension) where T : class, IExtension;

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (disposing) _ = Terminate();
    }

    public override string ToString() => $"akka://{Name}";
}

/// <summary>What extensions and the engine's own parts need beyond <see cref="ActorSystem"/>.</summary>
public abstract class ExtendedActorSystem : ActorSystem
{
    private protected ExtendedActorSystem() { }

    /// <summary>The parent of all application actors.</summary>
    public abstract IActorRef Guardian { get; }
    /// <summary>The parent of the engine's own actors.</summary>
    public abstract IActorRef SystemGuardian { get; }
    public abstract IActorRef SystemActorOf(Props props, string? name = null);
}

/// <summary>Something that exists once per system.</summary>
public interface IExtension;

public interface IExtensionId
{
    object Apply(ActorSystem system);
    object Get(ActorSystem system);
    object CreateExtension(ExtendedActorSystem system);
    Type ExtensionType { get; }
}

public interface IExtensionId<out T> : IExtensionId where T : IExtension
{
    new T Apply(ActorSystem system);
    new T Get(ActorSystem system);
    new T CreateExtension(ExtendedActorSystem system);
}

public abstract class ExtensionIdProvider<T> : IExtensionId<T> where T : class, IExtension
{
    public T Apply(ActorSystem system) => (T)system.RegisterExtension(this);
    public T Get(ActorSystem system) => (T)system.GetExtension(this);
    public abstract T CreateExtension(ExtendedActorSystem system);
    public Type ExtensionType => typeof(T);
    object IExtensionId.Apply(ActorSystem system) => Apply(system);
    object IExtensionId.Get(ActorSystem system) => Get(system);
    object IExtensionId.CreateExtension(ExtendedActorSystem system) => CreateExtension(system);
}

public static class ActorSystemExtensions
{
    public static T WithExtension<T, TI>(this ActorSystem system) where T : class, IExtension where TI : IExtensionId, new() =>
        (T)system.RegisterExtension(new TI());

    /// <summary>The driver of a virtual-time system.</summary>
    /// <exception cref="InvalidOperationException">The system runs in real time.</exception>
    public static VirtualTime VirtualTime(this ActorSystem system) => ((LocalActorSystem)system).Virtual
        ?? throw new InvalidOperationException(
            $"Actor system '{system.Name}' runs in real time; create it with {nameof(EngineSettings)}.{nameof(EngineSettings.VirtualTime)} to drive it.");
}
