using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.ExceptionServices;

namespace Dolphin.Engine.Actor;

/// <summary>Makes and gives back actors; for producers that keep resources of their own.</summary>
public interface IIndirectActorProducer
{
    ActorBase Produce();
    Type ActorType { get; }
    void Release(ActorBase actor);
}

/// <summary>The recipe of an actor: how to make an instance, and how it is supervised, dispatched and queued.</summary>
public class Props : IEquatable<Props>
{
    private readonly IIndirectActorProducer _producer;

    private Props(IIndirectActorProducer producer, object?[] arguments)
    {
        _producer = producer;
        Arguments = arguments;
    }

    protected Props(Props copy)
    {
        _producer = copy._producer;
        Arguments = copy.Arguments;
        SupervisorStrategy = copy.SupervisorStrategy;
        Mailbox = copy.Mailbox;
        Dispatcher = copy.Dispatcher;
        StashCapacity = copy.StashCapacity;
        MailboxBound = copy.MailboxBound;
    }

    public static readonly Props? None;
    public static Props Empty { get; } = Create<EmptyActor>();

    public Type Type => _producer.ActorType;
    public string TypeName => Type.AssemblyQualifiedName ?? Type.Name;
    public object?[] Arguments { get; }
    public SupervisorStrategy? SupervisorStrategy { get; private init; }
    /// <summary>Name of a mailbox in <see cref="EngineSettings.Mailboxes"/>; null is the default mailbox.</summary>
    public string? Mailbox { get; private init; }
    /// <summary>Accepted for compatibility; this engine has one dispatcher per system.</summary>
    public string? Dispatcher { get; private init; }
    /// <summary>Messages a stash holds before it refuses; null is no bound.</summary>
    public int? StashCapacity { get; private init; }
    /// <summary>User messages the mailbox holds before further ones become dead letters; null takes the system's default.</summary>
    public int? MailboxBound { get; private init; }

    /// <summary>Makes <typeparamref name="TActor"/> by the constructor that takes <paramref name="args"/>.</summary>
    public static Props Create<TActor>(params object?[] args) where TActor : ActorBase => Create(typeof(TActor), args);

    public static Props Create<TActor>(SupervisorStrategy supervisorStrategy) where TActor : ActorBase, new() =>
        Create(typeof(TActor)).WithSupervisorStrategy(supervisorStrategy);

    /// <exception cref="ArgumentException">The type is abstract or not an actor.</exception>
    public static Props Create(Type type, params object?[] args)
    {
        if (!typeof(ActorBase).IsAssignableFrom(type) || type.IsAbstract)
            throw new ArgumentException($"{type} cannot be an actor: expected a non-abstract subclass of {nameof(ActorBase)}.", nameof(type));
        return new Props(new ConstructorProducer(type, args), args);
    }

    /// <summary>Makes the actor by repeating <c>new T(...)</c>; the arguments are evaluated once, now.</summary>
    /// <exception cref="ArgumentException">The body is not a constructor call.</exception>
    public static Props Create<TActor>(Expression<Func<TActor>> factory, SupervisorStrategy? supervisorStrategy = null) where TActor : ActorBase
    {
        if (factory.Body is not NewExpression body || body.Constructor is null)
            throw new ArgumentException($"Expected an expression of the form () => new {typeof(TActor).Name}(...), got {factory.Body}.", nameof(factory));
        var args = body.Arguments.Select(ValueOf).ToArray();
        var props = new Props(new KnownConstructorProducer(body.Constructor, args), args);
        return supervisorStrategy is null ? props : props.WithSupervisorStrategy(supervisorStrategy);
    }

    public static Props CreateBy<TProducer>(params object?[] args) where TProducer : class, IIndirectActorProducer =>
        CreateBy((IIndirectActorProducer)Activator.CreateInstance(typeof(TProducer), args)!);

    public static Props CreateBy(IIndirectActorProducer producer, params object?[] args) => new(producer, args);

    /// <summary>Makes the actor by calling a function, as often as it is started or restarted.</summary>
    internal static Props CreateBy<TActor>(Func<TActor> produce) where TActor : ActorBase => new(new FunctionProducer<TActor>(produce), []);

    public Props WithSupervisorStrategy(SupervisorStrategy supervisorStrategy) => new(this) { SupervisorStrategy = supervisorStrategy };
    public Props WithMailbox(string mailbox) => new(this) { Mailbox = mailbox };
    public Props WithDispatcher(string dispatcher) => new(this) { Dispatcher = dispatcher };
    public Props WithStashCapacity(int stashCapacity) => new(this) { StashCapacity = stashCapacity };

    /// <summary>Bounds the mailbox directly; the Embedded edition's short form of a configured mailbox.</summary>
    public Props WithMailboxBound(int messages)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(messages, 1);
        return new Props(this) { MailboxBound = messages };
    }

    public virtual ActorBase NewActor() => _producer.Produce();
    internal void Release(ActorBase actor) => _producer.Release(actor);

    public bool Equals(Props? other) => other is not null && Type == other.Type && Arguments.SequenceEqual(other.Arguments)
        && Equals(SupervisorStrategy, other.SupervisorStrategy) && Mailbox == other.Mailbox && Dispatcher == other.Dispatcher
        && StashCapacity == other.StashCapacity && MailboxBound == other.MailboxBound;

    public override bool Equals(object? obj) => Equals(obj as Props);
    public override int GetHashCode() => HashCode.Combine(Type, Arguments.Length, Mailbox, Dispatcher);
    public override string ToString() => $"Props({Type.Name})";

    private static object? ValueOf(Expression argument) => argument switch
    {
        ConstantExpression constant => constant.Value,
        // A captured local is a field of a closure object; reading it, or a property of it, directly spares the compilation of a lambda.
        MemberExpression { Member: FieldInfo field, Expression: var owner } when owner is null or ConstantExpression or MemberExpression =>
            field.GetValue(owner is null ? null : ValueOf(owner)),
        MemberExpression { Member: PropertyInfo property, Expression: var owner } when owner is null or ConstantExpression or MemberExpression =>
            property.GetValue(owner is null ? null : ValueOf(owner), BindingFlags.DoNotWrapExceptions, binder: null, index: null, culture: null),
        UnaryExpression { NodeType: ExpressionType.Convert, Method: null } convert
            when !convert.Type.IsValueType && !convert.Operand.Type.IsValueType => ValueOf(convert.Operand),
        _ => Expression.Lambda<Func<object?>>(Expression.Convert(argument, typeof(object))).Compile().Invoke(),
    };

    private sealed class ConstructorProducer(Type type, object?[] args) : IIndirectActorProducer
    {
        public Type ActorType => type;

        public ActorBase Produce() => Unwrapped(() => (ActorBase)Activator.CreateInstance(
            type, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.CreateInstance, binder: null, args, culture: null)!);

        public void Release(ActorBase actor)
        {
            // Nothing was kept for it.
        }
    }

    private sealed class KnownConstructorProducer(ConstructorInfo constructor, object?[] args) : IIndirectActorProducer
    {
        public Type ActorType => constructor.DeclaringType!;
        public ActorBase Produce() => Unwrapped(() => (ActorBase)constructor.Invoke(args));

        public void Release(ActorBase actor)
        {
            // Nothing was kept for it.
        }
    }

    private sealed class FunctionProducer<TActor>(Func<TActor> produce) : IIndirectActorProducer where TActor : ActorBase
    {
        public Type ActorType => typeof(TActor);
        public ActorBase Produce() => produce();

        public void Release(ActorBase actor)
        {
            // Nothing was kept for it.
        }
    }

    private static ActorBase Unwrapped(Func<ActorBase> create)
    {
        try
        {
            return create();
        }
        catch (TargetInvocationException e) when (e.InnerException is not null)
        {
            ExceptionDispatchInfo.Throw(e.InnerException);
            throw;
        }
    }

    internal sealed class EmptyActor : UntypedActor
    {
        protected override void OnReceive(object message) => Unhandled(message);
    }
}
