using Dolphin.Actors.Node;
using Dolphin.Hosting.Akka.Fencing;

namespace Dolphin.Hosting.Akka.Singletons;

/// <summary>
/// What the cluster believes to be the singleton: takes a tenure, waits until the one before can act no more, then runs the instance and
/// renews. Without a tenure there is no instance, whatever the cluster believes.
/// </summary>
/// <remarks>
/// Bounds: messages that come before there is an instance wait, at most <see cref="Waiting"/> of them; further ones are dead letters.
/// An instance that ends, and a database that does not answer, are tried again after one second, then two, up to <see cref="LongestPause"/>.
/// Who lost to another one lets it act for as long as the cluster needs to say which of them is the singleton: a node that was stopped and wakes up
/// still believes that it is.
/// </remarks>
internal sealed class SingletonHostActor : ReceiveActor, IWithTimers
{
    private const int Waiting = 10_000;
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Settled = TimeSpan.FromMinutes(1); // Who lived longer did not fail at once.

    private readonly SingletonPlan _plan;
    private readonly ITenures _tenures;
    private readonly TimeProvider _clock;
    private readonly ActingSingletons _acting;
    private readonly ILoggingAdapter _log;
    private readonly Queue<(object Message, IActorRef Sender)> _waiting = new();
    private LeasedTenure? _tenure;
    private IActorRef _instance = ActorRefs.Nobody;
    private TimeSpan _pause = ShortestPause;
    private long _began;
    private bool _handingOver, _asking, _renewing;

    public ITimerScheduler Timers { get; set; } = null!;

    public SingletonHostActor(SingletonPlan plan, ITenures tenures, TimeProvider clock, ActingSingletons acting)
    {
        (_plan, _tenures, _clock, _acting, _log) = (plan, tenures, clock, acting, Context.GetLogger());
        Receive<Take>(_ => OnTake());
        Receive<Taken>(OnTaken);
        Receive<NotTaken>(failed => TryAgain($"the database did not give a tenure: {failed.Cause.Message}"));
        Receive<Begin>(OnBegin);
        Receive<Renew>(_ => OnRenew());
        Receive<Renewal>(OnRenewal);
        Receive<Terminated>(OnTerminated);
        Receive<HandOver>(_ => OnHandOver());
        ReceiveAny(OnMessage);
    }

    protected override SupervisorStrategy SupervisorStrategy() => Supervision.Core(Context, (failure, _) => _log.Error(failure, "{0} failed.", _plan.Name));

    protected override void PreStart() => Self.Tell(Take.Now);

    protected override void PostStop()
    {
        _tenure?.End();
        _acting.End(_plan.Name);
    }

    private void OnTake()
    {
        if (_handingOver || _tenure is not null || _asking) return;
        _asking = true;
        var (asked, self) = (_clock.GetTimestamp(), Self);
        _ = _tenures.TakeAsync(_plan.Name, _plan.Holder, _plan.Lease, _plan.WaitsOut, CancellationToken.None)
            .PipeTo(self, success: taken => new Taken(taken, asked), failure: cause => new NotTaken(cause));
    }

    private void OnTaken(Taken message)
    {
        _asking = false;
        var taken = message.Tenure;
        _tenure = new LeasedTenure(taken.Epoch, _clock, _plan.Lease, message.Asked);
        _log.Info("{0} takes tenure {1} on {2}, after {3}, and begins in {4:0.0} s.", _plan.Name, taken.Epoch, _plan.Holder, taken.PreviousHolder ?? "nobody", taken.Wait.TotalSeconds);
        Timers.StartPeriodicTimer(Renew.Key, Renew.Now, _plan.Lease / 3);
        Timers.StartSingleTimer(Begin.Key, new Begin(taken.Epoch), taken.Wait);
        if (_handingOver) OnHandOver();
    }

    private void OnBegin(Begin begin)
    {
        if (_handingOver || _tenure is not { } tenure || tenure.Epoch != begin.Epoch || !_instance.IsNobody()) return;
        _instance = Context.Watch(Context.ActorOf(_plan.Props(tenure), $"{_plan.Name}-{tenure.Epoch}"));
        _acting.Begin(_plan.Name);
        _began = _clock.GetTimestamp();
        while (_waiting.TryDequeue(out var waiting)) _instance.Tell(waiting.Message, waiting.Sender);
    }

    private void OnRenew()
    {
        if (_tenure is not { } tenure || _renewing) return;
        _renewing = true;
        var (asked, self) = (_clock.GetTimestamp(), Self);
        _ = _tenures.RenewAsync(_plan.Name, tenure.Epoch, _plan.Lease, CancellationToken.None).PipeTo(
            self, success: held => new Renewal(tenure.Epoch, asked, held, null), failure: cause => new Renewal(tenure.Epoch, asked, Held: true, cause));
    }

    private void OnRenewal(Renewal renewal)
    {
        _renewing = false;
        if (_tenure is not { } tenure || tenure.Epoch != renewal.Epoch) return;
        if (renewal.Cause is { } cause)
        {
            _log.Warning("{0} could not renew tenure {1}: {2} It {3}.", _plan.Name, tenure.Epoch, cause.Message,
                tenure.Holds ? "still holds" : "is over until the database answers: nothing leaves");
            return;
        }

        if (renewal.Held) tenure.Renewed(renewal.Asked);
        else Yield("another instance has begun");
    }

    private void Yield(string why)
    {
        _pause = _plan.Yields;
        Resign(why);
    }

    private void OnTerminated(Terminated terminated)
    {
        if (!terminated.ActorRef.Equals(_instance)) return;
        _instance = ActorRefs.Nobody;
        _acting.End(_plan.Name);
        if (_handingOver) Release();
        else if (_tenure is null) TryAgain("it resigned");
        else if (!_tenure.Holds) Yield("its instance has ended after its lease"); // Nobody has told it yet who acts now.
        else
        {
            if (_clock.GetElapsedTime(_began) > Settled) _pause = ShortestPause;
            Resign("its instance has ended");
        }
    }

    private void OnMessage(object message)
    {
        if (!_instance.IsNobody()) _instance.Forward(message);
        else if (_waiting.Count < Waiting) _waiting.Enqueue((message, Sender));
        else Context.System.DeadLetters.Tell(new DeadLetter(message, Sender, Self));
    }

    private void OnHandOver()
    {
        _handingOver = true;
        if (_asking) return; // A tenure that is on its way is released when it comes.
        if (_instance.IsNobody()) Release();
        else Context.Stop(_instance);
    }

    private void Release()
    {
        if (_tenure is { } tenure)
        {
            tenure.End();
            // Not waited for: if it is lost, the next one waits for the end of the lease.
            _ = _tenures.ReleaseAsync(_plan.Name, tenure.Epoch, CancellationToken.None)
                .ContinueWith(static t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        }

        Context.Stop(Self);
    }

    // Another tenure may have begun, or a new instance needs a new one: this one is over either way.
    private void Resign(string why)
    {
        _tenure!.End();
        _tenure = null;
        Timers.CancelAll();
        if (_instance.IsNobody()) TryAgain(why);
        else Context.Stop(_instance);
    }

    private void TryAgain(string why)
    {
        _asking = false;
        if (_handingOver)
        {
            Release();
            return;
        }

        _log.Warning("{0} has no instance here: {1}. It tries again in {2:0} s.", _plan.Name, why, _pause.TotalSeconds);
        Timers.StartSingleTimer(Take.Key, Take.Now, _pause);
        _pause = _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
    }

    /// <summary>What the cluster tells the host when another node is to run the singleton.</summary>
    public sealed record HandOver
    {
        public static readonly HandOver Now = new();
    }

    private sealed record Take
    {
        public const string Key = "take";
        public static readonly Take Now = new();
    }

    private sealed record Taken(TakenTenure Tenure, long Asked);
    private sealed record NotTaken(Exception Cause);

    private sealed record Begin(long Epoch)
    {
        public const string Key = "begin";
    }

    private sealed record Renew
    {
        public const string Key = "renew";
        public static readonly Renew Now = new();
    }

    private sealed record Renewal(long Epoch, long Asked, bool Held, Exception? Cause);
}
