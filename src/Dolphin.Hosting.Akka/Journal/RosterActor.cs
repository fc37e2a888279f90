using System.Collections.Immutable;
using Dolphin.Actors.Cluster;
using Dolphin.Hosting.Akka.Health;

namespace Dolphin.Hosting.Akka.Journal;

/// <summary>Signs the roster for this node, and says when somebody else has its name or works on its database from outside its cluster.</summary>
/// <remarks>It only speaks: who may act is decided by tenures. One question at a time; one that fails is asked again at the next turn.</remarks>
public sealed class RosterActor : ReceiveActor, IWithTimers
{
    private readonly NodeRoster _roster;
    private readonly GridBoard _grid;
    private readonly string _name;
    private readonly Guid _incarnation;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private ImmutableArray<string> _seen = [];
    private ImmutableArray<string> _told = [];
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
        });
    }

    public static Props Props(NodeRoster roster, GridBoard grid, string name, Guid incarnation) =>
        global::Akka.Actor.Props.Create(() => new RosterActor(roster, grid, name, incarnation));

    protected override void PreStart() => Timers.StartPeriodicTimer(Turn.Key, Turn.Now, TimeSpan.Zero, NodeRoster.Every);

    private void OnTurn()
    {
        if (_asking || _grid.Grid is not { } grid) return;
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
    }

    private sealed record Looked(bool IsOurs, ImmutableArray<string> Strangers);

    private sealed record Turn
    {
        public const string Key = "turn";
        public static readonly Turn Now = new();
    }
}
