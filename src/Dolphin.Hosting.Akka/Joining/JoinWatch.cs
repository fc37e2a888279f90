using System.Collections.Immutable;
using Dolphin.Hosting.Akka.Settings;
using static Akka.Cluster.ClusterEvent;

namespace Dolphin.Hosting.Akka.Joining;

/// <summary>Says why a node is not in the cluster yet: Akka.NET goes on trying for ever, and hardly says whom it asked.</summary>
/// <remarks>It only speaks; joining goes on. Ends when the node is a member.</remarks>
public sealed class JoinWatch : ReceiveActor, IWithTimers
{
    /// <summary>Without membership for so long is worth a word; a cluster that is there lets a node in within two or three seconds.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ImmutableArray<string> _seeds;
    private readonly Func<string, int, Task<SeedAnswer>> _knock;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly global::Akka.Cluster.Cluster _cluster = global::Akka.Cluster.Cluster.Get(Context.System);
    private int _rounds;

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="seeds">As in the settings; those that are this node itself are not asked.</param>
    public JoinWatch(IEnumerable<string> seeds, Func<string, int, Task<SeedAnswer>> knock)
    {
        (_seeds, _knock) = ([.. seeds], knock);
        Receive<Knock>(_ => OnKnock());
        Receive<Answers>(OnAnswers);
        Receive<MemberUp>(up =>
        {
            if (up.Member.UniqueAddress.Equals(_cluster.SelfUniqueAddress)) Context.Stop(Self);
        });
        Receive<IMemberEvent>(_ => { });
    }

    public static Props Props(ClusterSettings settings) =>
        global::Akka.Actor.Props.Create(() => new JoinWatch(settings.Seeds.Where(s => !ClusterSettingsReader.IsSelf(s, settings)), SeedProbe.KnockAsync));

    protected override void PreStart()
    {
        _cluster.Subscribe(Self, SubscriptionInitialStateMode.InitialStateAsEvents, typeof(IMemberEvent));
        Timers.StartPeriodicTimer(Knock.Key, Knock.Now, Patience);
    }

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    private void OnKnock()
    {
        var asked = _seeds;
        _ = Task.WhenAll(asked.Select(async seed => ClusterSettingsReader.TrySeed(seed, out var host, out var port) ? await _knock(host, port) : SeedAnswer.HasNoSuchName))
            .PipeTo(Self, success: answers => new Answers([.. asked.Zip(answers)]));
    }

    private void OnAnswers(Answers heard)
    {
        _rounds++;
        var waited = (Patience * _rounds).TotalSeconds;
        if (heard.Of.IsEmpty)
        {
            _log.Warning("Not in a cluster after {0:0} s, and no other seed is named to ask. It goes on trying.", waited);
            return;
        }
        _log.Warning("Not in the cluster after {0:0} s. Asked: {1}. {2} It goes on trying.", waited,
            string.Join("; ", heard.Of.Select(a => $"{a.Seed}: {SeedProbe.InWords(a.Answer)}")), SeedProbe.Advice([.. heard.Of.Select(a => a.Answer)]));
    }

    private sealed record Knock
    {
        public const string Key = "knock";
        public static readonly Knock Now = new();
    }

    private sealed record Answers(ImmutableArray<(string Seed, SeedAnswer Answer)> Of);
}
