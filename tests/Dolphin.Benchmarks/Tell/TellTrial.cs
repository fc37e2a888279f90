using System.Diagnostics;

namespace Dolphin.Benchmarks.Tell;

/// <summary>One cell of the table: pairs of actors that send messages to and fro.</summary>
/// <param name="Pairs">Pairs at work at the same time.</param>
/// <param name="InFlight">Messages of one pair that are under way at any time.</param>
/// <param name="Fresh">True: a new record for every message, to a ReceiveActor. False: one object for all, to an UntypedActor.</param>
internal readonly record struct TellCell(int Pairs, int InFlight, bool Fresh)
{
    public override string ToString() => $"{Pairs,2} pairs, {InFlight,3} in flight, {(Fresh ? "a record per message, ReceiveActor" : "one object, UntypedActor")}";
}

/// <summary>
/// Measures a cell. This source knows no runtime: it is compiled with the one of the edition, and in Dolphin.Benchmarks.Engine with the engine, so that
/// one process can hold both.
/// </summary>
internal sealed class TellTrial : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private readonly ActorSystem _system = ActorSystem.Create("tell");
    private int _trials;

    /// <summary>Messages handled per second by all pairs together.</summary>
    /// <param name="messages">How many in all, about.</param>
    public async Task<double> MeasureAsync(TellCell cell, long messages)
    {
        var trial = _trials++;
        var quota = Math.Max(1, messages / 2 / cell.Pairs);
        var left = cell.Pairs;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void PairDone()
        {
            if (Interlocked.Decrement(ref left) == 0) done.SetResult();
        }

        var serving = new List<IActorRef>();
        var all = new List<IActorRef>();
        for (var pair = 0; pair < cell.Pairs; pair++)
        {
            var returning = _system.ActorOf(cell.Fresh ? Props.Create(() => new FreshReturner()) : Props.Create(() => new Returner()), $"returning-{trial}-{pair}");
            var (to, finished) = (returning, (Action)PairDone);
            var server = _system.ActorOf(
                cell.Fresh ? Props.Create(() => new FreshServer(to, quota, cell.InFlight, finished)) : Props.Create(() => new Server(to, quota, cell.InFlight, finished)),
                $"serving-{trial}-{pair}");
            serving.Add(server);
            all.AddRange([returning, server]);
        }

        // All of them have started before the clock does.
        foreach (var actor in all) await actor.Ask<ActorIdentity>(new Identify(0), Patience);
        var began = Stopwatch.GetTimestamp();
        foreach (var server in serving) server.Tell(Go.Instance, ActorRefs.NoSender);
        await done.Task.WaitAsync(Patience);
        var elapsed = Stopwatch.GetElapsedTime(began);
        foreach (var actor in all) await actor.GracefulStop(Patience);
        return 2.0 * quota * cell.Pairs / elapsed.TotalSeconds;
    }

    public async ValueTask DisposeAsync() => await _system.Terminate().WaitAsync(Patience);

    private sealed class Go
    {
        public static readonly Go Instance = new();
    }

    private sealed class Ball
    {
        public static readonly Ball Instance = new();
    }

    private sealed record Ping(long Number);

    private sealed class Returner : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(message, Self);
    }

    private sealed class FreshReturner : ReceiveActor
    {
        public FreshReturner() => Receive<Ping>(ping => Sender.Tell(new Ping(ping.Number + 1), Self));
    }

    /// <summary>Serves so many messages, sends each back that returns until the quota is used up, and says so when the last has come home.</summary>
    private sealed class Server(IActorRef to, long quota, int inFlight, Action finished) : UntypedActor
    {
        private long _returned;

        protected override void OnReceive(object message)
        {
            if (message is Go)
            {
                for (var i = 0; i < inFlight; i++) to.Tell(Ball.Instance, Self);
                return;
            }

            if (++_returned <= quota - inFlight) Sender.Tell(message, Self);
            else if (_returned == quota) finished();
        }
    }

    private sealed class FreshServer : ReceiveActor
    {
        private long _returned;

        public FreshServer(IActorRef to, long quota, int inFlight, Action finished)
        {
            Receive<Ping>(ping =>
            {
                if (++_returned <= quota - inFlight) Sender.Tell(new Ping(ping.Number + 1), Self);
                else if (_returned == quota) finished();
            });
            Receive<Go>(_ =>
            {
                for (var i = 0; i < inFlight; i++) to.Tell(new Ping(0), Self);
            });
        }
    }
}
