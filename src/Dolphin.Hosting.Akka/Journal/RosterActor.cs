using System.Collections.Immutable;
using Dolphin.Actors.Cluster;
using Dolphin.Hosting.Akka.Health;
using Done = Akka.Done;

namespace Dolphin.Hosting.Akka.Journal;

/// <summary>Signs the roster for this node, and says when somebody else has its name or works on its database from outside its cluster.</summary>
/// <remarks>
/// It only speaks: who may act is decided by tenures. One question at a time; one that fails is asked again at the next turn. When its node ends
/// in order it takes the name off the roster, so that the next process under it is not taken for a second one.
/// </remarks>
public sealed class RosterActor : ReceiveActor, IWithTimers
{
    /// <summary>Of the last word to the database: the node is out already, and a name that stays passes by itself.</summary>
    private static readonly TimeSpan LeavePatience = TimeSpan.FromSeconds(2);

    private readonly NodeRoster _roster;
    private readonly GridBoard _grid;
    private readonly string _name;
    private readonly Guid _incarnation;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private ImmutableArray<string> _seen = [];
    private ImmutableArray<string> _told = [];
    private IActorRef _leaver = ActorRefs.Nobody;
    private bool _asking, _toldName;

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="incarnation">Of this process, made once at its start.</param>
    public RosterActor(NodeRoster roster, GridBoard grid, string name, Guid incarnation)
    {
        (_roster, _grid, _name, _incarnation) = (roster, grid, name, incarnation);
        Receive<Turn>(_ => OnTurn());
        Receive<Looked>(OnLooked);
        Receive<Status.Failure>(failed =>
        {
            _asking = false;
            _log.Debug("The roster could not be signed: {0}", failed.Cause.Message); // The journal says louder that the database is away.
            LeaveIfAsked();
        });
        Receive<Leave>(_ => OnLeave());
    }

    public static Props Props(NodeRoster roster, GridBoard grid, string name, Guid incarnation) =>
        global::Akka.Actor.Props.Create(() => new RosterActor(roster, grid, name, incarnation));

    protected override void PreStart()
    {
        Timers.StartPeriodicTimer(Turn.Key, Turn.Now, TimeSpan.Zero, NodeRoster.Every);
        // After the cluster has seen this node off. A crash leaves the name there until nobody has signed for it long enough.
        var self = Self;
        CoordinatedShutdown.Get(Context.System).AddTask(CoordinatedShutdown.PhaseBeforeActorSystemTerminate, "roster", async () =>
        {
            try
            {
                await self.Ask<Left>(Leave.Now, LeavePatience);
            }
            catch (AskTimeoutException)
            {
                // The database is away: the name passes by itself.
            }

            return Done.Instance;
        });
    }

    private void OnLeave()
    {
        Timers.Cancel(Turn.Key);
        _leaver = Sender;
        if (!_asking) LeaveIfAsked(); // A signature that is on its way would put the name back.
    }

    private void LeaveIfAsked()
    {
        if (_leaver.IsNobody()) return;
        _ = LeaveAsync(_roster, _name, _incarnation).PipeTo(_leaver);
    }

    private static async Task<Left> LeaveAsync(NodeRoster roster, string name, Guid incarnation)
    {
        using var patience = new CancellationTokenSource(LeavePatience);
        try
        {
            await roster.LeaveAsync(name, incarnation, patience.Token);
        }
        catch (Exception e) when (e is System.Data.Common.DbException or OperationCanceledException)
        {
            // As above.
        }

        return Left.Instance;
    }

    private void OnTurn()
    {
        if (_asking || !_leaver.IsNobody() || _grid.Grid is not { } grid) return;
        _asking = true;
        _ = LookAsync(_roster, grid, _name, _incarnation).PipeTo(Self);
    }

    private static async Task<Looked> LookAsync(NodeRoster roster, HealthGrid grid, string name, Guid incarnation)
    {
        var isOurs = await roster.SignAsync(name, incarnation, CancellationToken.None);
        return new Looked(isOurs, await roster.StrangersAsync(grid.Members.Add(name), CancellationToken.None));
    }

    private void OnLooked(Looked looked)
    {
        _asking = false;
        if (!looked.IsOurs && !_toldName) _log.Warning("{0}", NodeRoster.NameTaken(_name));
        _toldName = !looked.IsOurs;
        // Twice in a row: a node signs before it is a member everywhere, and is out before its last signature is old.
        var staying = looked.Strangers.Intersect(_seen, StringComparer.Ordinal).ToImmutableArray();
        _seen = looked.Strangers;
        if (!staying.IsEmpty && !staying.SequenceEqual(_told, StringComparer.Ordinal)) _log.Error("{0}", NodeRoster.InWords(staying));
        _told = staying;
        LeaveIfAsked();
    }

    private sealed record Looked(bool IsOurs, ImmutableArray<string> Strangers);

    private sealed record Leave
    {
        public static readonly Leave Now = new();
    }

    private sealed record Left
    {
        public static readonly Left Instance = new();
    }

    private sealed record Turn
    {
        public const string Key = "turn";
        public static readonly Turn Now = new();
    }
}
