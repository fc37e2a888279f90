using Dolphin.Actors.Cluster;
using Dolphin.Hosting.Akka.Fencing;
using Dolphin.Hosting.Akka.Simulation;
using Dolphin.Hosting.Akka.Singletons;
using Dolphin.Simulation;

namespace Dolphin.Hosting.Akka.Tests.Singletons;

/// <summary>What a node does that the cluster believes to run the singleton, in virtual time, with a database that does as it is told.</summary>
public sealed class SingletonHostStories : IDisposable
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(3), WaitsOut = TimeSpan.FromSeconds(2.5), Yields = TimeSpan.FromSeconds(6);
    private readonly ActorSystem _system = ActorSystem.Create("host", EngineSettings.VirtualTime with { AskDrivesTime = true });
    private readonly VirtualTime _time;
    private readonly Book _book;
    private readonly List<string> _heard = [];
    private readonly List<ITenure> _tenures = [];
    private readonly ActingSingletons _acting = new();

    public SingletonHostStories()
    {
        _time = _system.VirtualTime();
        _book = new Book(_time);
    }

    public void Dispose() => _system.Dispose();

    private IActorRef Host()
    {
        var (heard, tenures) = (_heard, _tenures);
        var plan = new SingletonPlan("execution", tenure =>
        {
            tenures.Add(tenure);
            return Props.Create(() => new Instance(tenure.Epoch, heard));
        }, "n2", Lease, WaitsOut, Yields);
        var (book, clock, acting) = (_book, new Clock(_time), _acting);
        var host = _system.ActorOf(Props.Create(() => new SingletonHostActor(plan, book, clock, acting)), "host");
        _time.RunFor(TimeSpan.Zero); // With what is due at once.
        return host;
    }

    private bool Acts => _acting.Names.Contains("execution");

    [Fact(DisplayName = "There is no instance before what the one before sent can take effect no more; what is told meanwhile reaches it in order")]
    public void Waits()
    {
        _book.Holder("n1", actsFor: TimeSpan.FromSeconds(2));
        var host = Host();
        host.Tell("first");
        host.Tell("second");
        _time.RunFor(TimeSpan.FromSeconds(4.4));
        Assert.Empty(_heard);
        Assert.False(Acts);
        _time.RunFor(TimeSpan.FromSeconds(0.2));
        Assert.Equal(["2: first", "2: second"], _heard);
        Assert.True(Acts && _tenures[0].Holds);
    }

    [Fact(DisplayName = "While the database does not answer the tenure ends with its lease, the instance stays, and both go on when it answers again")]
    public void Database_gone()
    {
        Host();
        _book.Answers = false;
        _time.RunFor(TimeSpan.FromSeconds(2.9));
        Assert.True(_tenures[0].Holds);
        _time.RunFor(TimeSpan.FromSeconds(60));
        Assert.False(_tenures[0].Holds);
        Assert.True(Acts);
        _book.Answers = true;
        _time.RunFor(TimeSpan.FromSeconds(2));
        Assert.True(_tenures[0].Holds);
        Assert.Single(_tenures);
    }

    [Fact(DisplayName = "When another has begun the instance ends at once, and this node tries again with a number above that one's")]
    public void Overtaken()
    {
        var host = Host();
        _book.Holder("n3", actsFor: TimeSpan.FromSeconds(3));
        _time.RunFor(TimeSpan.FromSeconds(1.1));
        Assert.False(_tenures[0].Holds || Acts);
        _time.RunFor(TimeSpan.FromSeconds(10));
        host.Tell("again");
        _time.RunUntilIdle();
        Assert.Equal(["3: again"], _heard);
    }

    [Fact(DisplayName = "Who wakes up after another has begun leaves it alone until the cluster has had time to say who is right")]
    public void Wakes_up()
    {
        Host();
        _time.RunFor(TimeSpan.FromMinutes(2));
        _book.Holder("n3", actsFor: TimeSpan.FromMinutes(1));
        _time.RunFor(TimeSpan.FromSeconds(1.1));
        Assert.False(Acts);
        _time.RunFor(Yields - TimeSpan.FromSeconds(0.2));
        Assert.Equal("n3", _book.ActsNow);
        _time.RunFor(TimeSpan.FromSeconds(0.2));
        Assert.Equal("n2", _book.ActsNow);
    }

    [Fact(DisplayName = "An instance that fails after its tenure's lease has ended may have been overtaken: this node leaves it to others for as long")]
    public void Fails_after_its_lease()
    {
        var host = Host();
        _book.Answers = false;
        _time.RunFor(TimeSpan.FromMinutes(2));
        _book.Answers = true;
        _book.Holder("n3", actsFor: TimeSpan.FromMinutes(1));
        host.Tell("end");
        _time.RunFor(Yields - TimeSpan.FromSeconds(0.1));
        Assert.Equal("n3", _book.ActsNow);
        _time.RunFor(TimeSpan.FromSeconds(0.2));
        Assert.Equal("n2", _book.ActsNow);
    }

    [Fact(DisplayName = "An instance that ends is started again with a new number, later each time, so that one that always fails does not spin")]
    public void Ends()
    {
        var host = Host();
        for (var i = 0; i < 3; i++)
        {
            host.Tell("end");
            _time.RunFor(TimeSpan.FromSeconds(20));
        }

        Assert.Equal([1L, 2, 3, 4], _tenures.Select(t => t.Epoch));
        Assert.Equal([false, false, false, true], _tenures.Select(t => t.Holds));
    }

    [Fact(DisplayName = "Who hands over stops the instance first, then says so, and ends; the next one need not wait")]
    public async Task Hands_over()
    {
        var host = Host();
        var end = host.GracefulStop(TimeSpan.FromSeconds(5), SingletonHostActor.HandOver.Now);
        _time.RunFor(TimeSpan.FromSeconds(1));
        Assert.True(await end); // Its answer is set by a thread of the pool.
        Assert.False(_tenures[0].Holds || Acts);
        Assert.True(_book.IsReleased);
    }

    [Fact(DisplayName = "Without a database there is no instance; what is told waits up to a bound, and the rest is a dead letter")]
    public void Bound()
    {
        _book.Answers = false;
        var host = Host();
        for (var i = 0; i < 10_001; i++) host.Tell("x");
        _time.RunFor(TimeSpan.FromMinutes(1));
        Assert.Empty(_tenures);
        _book.Answers = true;
        _time.RunFor(TimeSpan.FromSeconds(16));
        Assert.Equal(10_000, _heard.Count);
    }

    private sealed class Instance : ReceiveActor
    {
        public Instance(long epoch, List<string> heard) => Receive<string>(said =>
        {
            if (said == "end") Context.Stop(Self);
            else heard.Add($"{epoch}: {said}");
        });
    }

    /// <summary>What PostgresTenures promises, without a database.</summary>
    private sealed class Book(VirtualTime time) : ITenures
    {
        private long _epoch;
        private string? _holder;
        private DateTimeOffset _actsUntil = DateTimeOffset.MinValue;

        public bool Answers { get; set; } = true;
        public string? ActsNow => _holder;
        public bool IsReleased => _actsUntil == DateTimeOffset.MinValue;

        public void Holder(string name, TimeSpan actsFor) => (_epoch, _holder, _actsUntil) = (_epoch + 1, name, time.Now + actsFor);

        public Task<TakenTenure> TakeAsync(string name, string holder, TimeSpan lease, TimeSpan waitsOut, CancellationToken cancellation)
        {
            if (!Answers) return Task.FromException<TakenTenure>(new TimeoutException("the database is gone"));
            var wait = _actsUntil == DateTimeOffset.MinValue ? TimeSpan.Zero : _actsUntil + waitsOut - time.Now;
            var taken = new TakenTenure(++_epoch, _holder, wait > TimeSpan.Zero ? wait : TimeSpan.Zero);
            (_holder, _actsUntil) = (holder, time.Now + lease);
            return Task.FromResult(taken);
        }

        public Task<bool> RenewAsync(string name, long epoch, TimeSpan lease, CancellationToken cancellation)
        {
            if (!Answers) return Task.FromException<bool>(new TimeoutException("the database is gone"));
            if (epoch == _epoch) _actsUntil = time.Now + lease;
            return Task.FromResult(epoch == _epoch);
        }

        public Task ReleaseAsync(string name, long epoch, CancellationToken cancellation)
        {
            if (epoch == _epoch) _actsUntil = DateTimeOffset.MinValue;
            return Task.CompletedTask;
        }
    }

    private sealed class Clock(VirtualTime time) : TimeProvider
    {
        public override long TimestampFrequency => TimeSpan.TicksPerSecond;
        public override long GetTimestamp() => time.Elapsed.Ticks;
    }
}
