using System.Collections.Immutable;
using Dolphin.Domain.AutoExecution;
using Dolphin.Domain.Balancing;
using Dolphin.Domain.Market;
using Dolphin.Domain.Tests.Balancing;
using FsCheck;
using FsCheck.Fluent;
using static Dolphin.Domain.Tests.Balancing.BalancerStage;

namespace Dolphin.Domain.Tests.AutoExecution;

/// <summary>
/// Balancer, executor and holders over many looks at a market that stands still: first holders do what they like of what they are asked, then all of it at once.
/// What is asked for comes to an end, and nothing is taken back.
/// </summary>
public sealed class SettlingProperties
{
    private static void ForAll(Func<SettlingRun, string?> wrong, Config? config = null) => Prop.ForAll(SettlingRuns.All, start =>
    {
        var run = SettlingRun.Of(start);
        if (wrong(run) is { } what) throw new Xunit.Sdk.XunitException($"{what}\n{run}");
    }).Check(config ?? Config.QuickThrowOnFailure.WithMaxTest(150));

    [Fact(DisplayName = "The runs reach every action, both kinds of hedge, every answer of a holder, and portfolios that have nothing to do")]
    public void Reach()
    {
        var seen = new SortedDictionary<string, int>(StringComparer.Ordinal);
        void Count(string what) => seen[what] = seen.GetValueOrDefault(what) + 1;
        ForAll(run =>
        {
            var reliable = run.Looks.Where(l => l.IsReliable).ToList();
            foreach (var action in run.Looks.SelectMany(l => l.Asked).Select(a => a.Command.Action.Word()).Distinct()) Count(action);
            foreach (var way in run.Looks.SelectMany(l => l.Asked).Where(a => a.Command.Action == BalancerAction.Hedge).Select(a => a.Way).Distinct()) Count($"hedge {way}");
            foreach (var fate in run.Fates) Count($"{fate}");
            Count(reliable.All(l => l.Asked.Count == 0) ? "nothing" : "something");
            return null;
        }, Draws.Same(400));
        Assert.All(
            [.. Enum.GetValues<BalancerAction>().Select(a => a.Word()), .. Enum.GetNames<Fate>(), "hedge Cut", "hedge Grow", "nothing", "something"],
            what => Assert.True(seen.GetValueOrDefault(what) >= 10, $"{what}: {seen.GetValueOrDefault(what)} of 400"));
    }

    [Fact(DisplayName = "Once holders do what they are asked at most six looks ask for anything (twelve where somebody declines for ever), whatever they did before; then nothing is asked of anybody any more, not after hours, but of who declines for ever")]
    public void Settles() => ForAll(Unsettled);

    [Fact(DisplayName = "Who cannot be traded, or declines for ever, keeps nobody else from being cut: in the end too much margin is used by nobody but them")]
    public void Overload_ends() => ForAll(Overloaded);

    [Fact(DisplayName = "No look asks one symbol to become smaller and larger; and what holders do in full is not taken back within the hour unless another symbol has changed since, or did not as was reckoned with")]
    public void Never_back() => ForAll(TakenBack);

    [Fact(DisplayName = "No look asks one symbol twice to become larger: a holder does the first of both and declines the other")]
    public void Grows_once() => ForAll(GrownTwice);

    [Fact(DisplayName = "What a command names is gone at the next look, when the holders have done all that the look before asked for")]
    public void Gone() => ForAll(StillThere);

    [Theory(DisplayName = "So it is in runs in which it once was not")]
    [InlineData(7009892446411692836, 16950139395885150885, 28)] // A hedge and a growth of one symbol in one look.
    [InlineData(7259609310102208783, 8736540238836573199, 100)]
    [InlineData(4371131617914026944, 4187371143458528903, 10)] // A hedge of what an earlier look has asked to grow.
    [InlineData(4220656528525500530, 3903962487267032103, 6)] // New symbols for margin that a cut under way never freed.
    [InlineData(2124083884311890460, 12425800508440043269, 10)]
    [InlineData(7500530367859070455, 4487341961343192465, 24)] // One that declines for ever.
    [InlineData(9635600942224521746, 12402739292658589027, 25)] // Lots.
    public void Once_wrong(ulong seed, ulong gamma, int size) =>
        ForAll(run => Unsettled(run) ?? Overloaded(run) ?? TakenBack(run) ?? GrownTwice(run) ?? StillThere(run), Config.QuickThrowOnFailure.WithMaxTest(1).WithReplay(seed, gamma, size));

    private static string? Unsettled(SettlingRun run) =>
        run.Looks.Count(l => l.IsReliable && l.Asked.Any(a => !run.IsStubborn(a.Symbol))) is var looks && looks > run.MostLooks ? $"{looks} looks asked for something" : null;

    // Now and then who declines is asked again, and thought to obey until the look after.
    private static string? Overloaded(SettlingRun run) =>
        run.Looks.TakeLast(6).All(l => l.Metrics.Utilisation > run.MostUtilisation && l.Metrics.Positions.Any(p => run.Obeys(p.Symbol) && p.Margin.Quote > 0m))
            ? $"{run.Looks[^1].Metrics.Utilisation} is used, and not by them alone" : null;

    private static string? GrownTwice(SettlingRun run) => run.Looks.SelectMany(l => l.Asked.Where(a => a.Way == Way.Grow).GroupBy(a => a.Symbol)
        .Where(g => g.Count() > 1).Select(g => $"{g.Key}: {g.Count()} times at {l.At:HH:mm:ss}")).FirstOrDefault();

    private static string? TakenBack(SettlingRun run)
    {
        var last = new Dictionary<Symbol, (Way Way, int Look, bool Hedges)>();
        for (var i = 0; i < run.Looks.Count; i++)
        {
            foreach (var asked in run.Looks[i].Asked)
            {
                var hedges = asked.Command.Action == BalancerAction.Hedge; // From either leg it is the net that becomes less.
                if (last.TryGetValue(asked.Symbol, out var before) && before.Way != asked.Way && (before.Look == i || (run.Looks[before.Look].IsReliable && !(hedges && before.Hedges)
                    && run.Looks[i].At - run.Looks[before.Look].At < WishBook.Remembered && !run.OthersChanged(asked.Symbol, before.Look, i) && run.Looks[i].Failed == run.Looks[before.Look].Failed
                    && !run.Looks[before.Look].Asked.Any(a => run.IsStubborn(a.Symbol))))) // Once it was thought to be done.
                {
                    return $"{asked.Symbol}: {asked.Way} at {run.Looks[i].At:HH:mm:ss} after {before.Way} at {run.Looks[before.Look].At:HH:mm:ss}";
                }
                last[asked.Symbol] = (asked.Way, i, hedges);
            }
        }
        return null;
    }

    private static string? StillThere(SettlingRun run)
    {
        for (var i = 0; i + 1 < run.Looks.Count; i++)
        {
            if (!run.Looks[i].IsReliable) continue;
            foreach (var asked in run.Looks[i].Asked)
                if (asked.Instead is null && run.StillThere(asked.Command, run.Looks[i], run.Looks[i + 1]) is { } what) return $"{run.Looks[i].At:HH:mm:ss} command {asked.Command.Id} {asked.Command.Action.Word()}: {what}";
        }
        return null;
    }
}
