using System.Globalization;
using Dolphin.Actors.Execution;
using Dolphin.Actors.Books;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Invariants;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Market;
using Dolphin.Actors.Node;
using Dolphin.Actors.Sizing;
using Dolphin.Actors.Strategies;
using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Domain.SizeLearning;
using Dolphin.Domain.Sizing;
using Dolphin.Domain.Survival;

namespace Dolphin.Benchmarks.Memory;

/// <summary>Live bytes of many instances of one kind, all of them together.</summary>
/// <param name="Plans">Of a plan each.</param>
/// <param name="Slots">What screens read of an asset: a row of the board each.</param>
/// <param name="Actors">Everything that came to be with the actors and by what they did.</param>
/// <param name="States">Of what their deciders remember and have measured, read back from its stored form; it is part of <paramref name="Actors"/> too.</param>
/// <param name="Events">Stored, for each instance.</param>
internal readonly record struct Population(long Plans, long Slots, long Actors, long States, double Events)
{
    // What a system makes once, and what grows in steps, is there before the first look at the heap.
    private const int Ahead = 16;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5); // Seconds are enough, but not beside builds.

    /// <summary>Real actors on the real engine in real time, with their journal on disk, that have seen a tape of bars and traded.</summary>
    /// <param name="inAssets">With its asset and its book each; else the strategies alone.</param>
    public static async Task<Population> OfStrategiesAsync(StrategyKind kind, int count, bool inAssets)
    {
        var folder = Directory.CreateTempSubdirectory("dolphin-memory-");
        using var system = Start(folder.FullName);
        try
        {
            var instruments = Enumerable.Range(0, Ahead + count).Select(StrategyKind.InstrumentOf).ToArray();
            var aheadPlans = instruments[..Ahead].Select(kind.PlanOf).ToArray();
            var before = await LiveHeap.BytesAsync();
            var plans = instruments[Ahead..].Select(kind.PlanOf).ToArray();
            var plansMade = await LiveHeap.BytesAsync();
            var board = new RunBoard(aheadPlans.Concat(plans).Select(p => AssetPlan.Alone(p, new Money(20_000m))));
            var boardMade = await LiveHeap.BytesAsync();

            var stage = new Stage(system, board, inAssets, kind.Sizing);
            await stage.PlayAsync(await stage.CreateAsync(aheadPlans));
            var aheadPlayed = await LiveHeap.BytesAsync();
            var actors = await stage.CreateAsync(plans);
            await stage.PlayAsync(actors);
            var played = await LiveHeap.BytesAsync();

            var (stored, events) = await stage.StoredAsync(actors);
            var storedRead = await LiveHeap.BytesAsync();
            var states = stored.Select(s => StoredJson.Read(s.Json, s.Type)).ToArray();
            var statesRead = await LiveHeap.BytesAsync();
            GC.KeepAlive((plans, actors, stored, states));
            return new Population(plansMade - before, boardMade - plansMade, played - aheadPlayed, statesRead - storedRead, events);
        }
        finally
        {
            await system.Terminate().WaitAsync(Patience);
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Policies with their settings.</summary>
    public static async Task<Population> OfPoliciesAsync(StrategyKind kind, int count)
    {
        var policies = new object[count];
        var before = await LiveHeap.BytesAsync();
        for (var i = 0; i < count; i++) policies[i] = kind.OwnPolicy();
        var after = await LiveHeap.BytesAsync();
        GC.KeepAlive(policies);
        return new Population(after - before, Slots: 0, Actors: 0, States: 0, Events: 0);
    }

    /// <summary>Actors that do nothing: what the engine, and with it the journal, takes for having one.</summary>
    public static async Task<Population> OfNobodyAsync(int count, bool durable)
    {
        var folder = Directory.CreateTempSubdirectory("dolphin-memory-");
        using var system = Start(folder.FullName);
        try
        {
            var owner = system.ActorOf(Props.Create(() => new Owner()), "owner");
            var kept = await Idle(0, Ahead);
            var before = await LiveHeap.BytesAsync();
            var actors = await Idle(Ahead, count);
            var after = await LiveHeap.BytesAsync();
            GC.KeepAlive((kept, actors));
            return new Population(Plans: 0, Slots: 0, after - before, States: 0, Events: 0);

            async Task<IActorRef[]> Idle(int first, int number)
            {
                var children = Enumerable.Range(first, number).Select(i => string.Create(CultureInfo.InvariantCulture, $"idle-{i:0000}"))
                    .Select(id => (id, durable ? Props.Create(() => new Durable(id)) : Props.Create(() => new Plain()))).ToArray();
                var made = await owner.Ask<IActorRef[]>(new Owner.Create(children), Patience);
                await Task.WhenAll(made.Select(actor => actor.Ask<Ready>(Ready.Instance, Patience)));
                return made;
            }
        }
        finally
        {
            await system.Terminate().WaitAsync(Patience);
            folder.Delete(recursive: true);
        }
    }

    private static ActorSystem Start(string folder)
    {
        var system = ActorSystem.Create("memory", EngineSettings.RealTime with
        {
            Persistence = new JournalSettings { Directory = folder },
            Serializers = actors => [new SerializerBinding(typeof(object), new DolphinSerializer(actors))],
        });
        _ = system.Journal();
        return system;
    }

    private sealed class Ready
    {
        public static readonly Ready Instance = new();
    }

    private sealed class Plain : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(message);
    }

    private sealed class Durable(string id) : UntypedPersistentActor
    {
        public override string PersistenceId => id;
        protected override void OnCommand(object message) => Sender.Tell(message);

        protected override void OnRecover(object message)
        {
            // It has no past.
        }
    }

    /// <summary>What strategies stand on, and who plays to them.</summary>
    private sealed class Stage
    {
        private readonly RunBoard _board;
        private readonly bool _inAssets;
        private readonly InProcessCluster _cluster = new(epoch: 1);
        private readonly InvariantLedger _invariants = new();
        private readonly Dictionary<Symbol, IActorRef> _owners = [];
        private readonly IActorRef _parent, _tape, _desk;
        private readonly StrategyContext _context;
        private readonly DateTimeOffset _start;

        public Stage(ActorSystem system, RunBoard board, bool inAssets, SizingPlan? sizing)
        {
            (_board, _inAssets, _start) = (board, inAssets, system.Scheduler.Now);
            var (risk, owners) = (new RiskBoard(TimeSpan.FromHours(1), TimeSpan.FromHours(1)), _owners);
            risk.Publish(new RiskSnapshot(1, 1, _start, RTotal: 1, Posture.Apex, _start, MaxLeverage: 6m, InvariantFailed: false, null, null, []));
            _parent = system.ActorOf(Props.Create(() => new Owner()), "owner");
            _tape = system.ActorOf(Props.Create(() => new Tape()), "tape");
            _desk = system.ActorOf(Props.Create(() => new FillingDesk(owners, inAssets)), "execution");
            _context = new StrategyContext(_desk, risk, board, _invariants, new FeeBoard(VenueFees.Ordinary), sizing is null ? null : Sized(system, sizing));
        }

        // With a learner that answers what it is told; nobody tells of what it has learned, so everybody who opens has a choice.
        private SizingGround Sized(ActorSystem system, SizingPlan plan)
        {
            var (learning, cluster, board) = (plan.Policy.Learning!, _cluster, _board);
            var learner = system.ActorOf(Props.Create(() => new SizeLearnerActor(learning, cluster, board)), "learner");
            return new SizingGround(plan, new SizingBoard([]) { Learner = SizeLearnerState.Initial }, Divergence: null, learner);
        }

        public async Task<IActorRef[]> CreateAsync(StrategyPlan[] plans)
        {
            var children = plans.Select(p => (p.StrategyId, _inAssets ? AssetOf(p) : p.ToProps(_context, StrategyProtocol.Stance.Alone))).ToArray();
            var actors = await _parent.Ask<IActorRef[]>(new Owner.Create(children), Patience);
            foreach (var (plan, actor) in plans.Zip(actors)) _owners.Add(plan.Symbol, actor);
            return actors;
        }

        // As the node makes one.
        private Props AssetOf(StrategyPlan strategy)
        {
            var (plan, symbol, cluster, invariants, slot) = (
                AssetPlan.Alone(strategy, new Money(20_000m)), strategy.Symbol, _cluster, _invariants, _board.Of(strategy.Symbol));
            var book = Props.Create(() => new PositionBookActor(symbol, cluster, invariants, slot));
            var ground = new AssetGround(_context, book, _tape, ActorRefs.Nobody, cluster, _board);
            return Props.Create(() => new AssetActor(plan, ground));
        }

        public async Task PlayAsync(IActorRef[] actors)
        {
            await IdleAsync(actors); // Recovered.
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _tape.Tell(new Tape.Play(actors, _start, done), ActorRefs.NoSender);
            await done.Task.WaitAsync(Patience);
            // What the last bar led to: an order and its fills, and what those led to.
            for (var step = 0; step < 3; step++)
            {
                await _desk.Ask<ActorIdentity>(new Identify(0), Patience);
                await IdleAsync(actors);
            }
        }

        // A command is answered when all before it have been, and what they stored is stored.
        private static Task IdleAsync(IActorRef[] actors) =>
            Task.WhenAll(actors.Select(actor => actor.Ask<DurableProtocol.StoredState>(DurableProtocol.GetStored.Now, Patience)));

        /// <summary>What each would store now, and how many events each has stored on average.</summary>
        public async Task<((byte[] Json, Type Type)[] Stored, double Events)> StoredAsync(IActorRef[] actors)
        {
            var told = await Task.WhenAll(actors.Select(actor => actor.Ask<DurableProtocol.StoredState>(DurableProtocol.GetStored.Now, Patience)));
            return ([.. told.Select(t => (StoredJson.Write(t.State), t.State.GetType()))], told.Average(t => t.SequenceNumber));
        }
    }
}
