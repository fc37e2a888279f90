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

    [Fact(DisplayName = "Once holders do what they are asked at most six looks ask for anything, whatever they did before; then nothing is asked of anybody any more, not after hours, but of who declines for ever")]
    public void Settles() => ForAll(run => run.Looks.Count(l => l.IsReliable && l.Asked.Any(a => !run.IsStubborn(a.Symbol))) is > SettlingRun.MostLooks and var looks ? $"{looks} looks asked for something" : null);

    [Fact(DisplayName = "Who cannot be traded, or declines for ever, keeps nobody else from being cut: in the end too much margin is used by nobody but them")]
    public void Overload_ends() => ForAll(run =>
    {
        // Now and then who declines is asked again, and thought to obey until the look after.
        return run.Looks.TakeLast(6).All(l => l.Metrics.Utilisation > run.MostUtilisation && l.Metrics.Positions.Any(p => run.Obeys(p.Symbol) && p.Margin.Quote > 0m))
            ? $"{run.Looks[^1].Metrics.Utilisation} is used, and not by them alone" : null;
    });

    [Fact(DisplayName = "No look asks one symbol to become smaller and larger; and what holders do in full is not taken back within the hour unless another symbol has changed since")]
    public void Never_back() => ForAll(run =>
    {
        var last = new Dictionary<Symbol, (Way Way, int Look)>();
        for (var i = 0; i < run.Looks.Count; i++)
        {
            foreach (var asked in run.Looks[i].Asked)
            {
                if (last.TryGetValue(asked.Symbol, out var before) && before.Way != asked.Way && (before.Look == i || (run.Looks[before.Look].IsReliable
                    && run.Looks[i].At - run.Looks[before.Look].At < WishBook.Remembered && !run.OthersChanged(asked.Symbol, before.Look, i)
                    && !run.Looks[before.Look].Asked.Any(a => run.IsStubborn(a.Symbol))))) // Once it was thought to be done.
                {
                    return $"{asked.Symbol}: {asked.Way} at {run.Looks[i].At:HH:mm:ss} after {before.Way} at {run.Looks[before.Look].At:HH:mm:ss}";
                }
                last[asked.Symbol] = (asked.Way, i);
            }
        }
        return null;
    });

    [Fact(DisplayName = "What a command names is gone at the next look, when the holders have done all that the look before asked for")]
    public void Gone() => ForAll(run =>
    {
        for (var i = 0; i + 1 < run.Looks.Count; i++)
        {
            if (!run.Looks[i].IsReliable) continue;
            foreach (var asked in run.Looks[i].Asked)
                if (asked.Instead is null && run.StillThere(asked.Command, run.Looks[i], run.Looks[i + 1]) is { } what) return $"{run.Looks[i].At:HH:mm:ss} command {asked.Command.Id} {asked.Command.Action.Word()}: {what}";
        }
        return null;
    });
}
