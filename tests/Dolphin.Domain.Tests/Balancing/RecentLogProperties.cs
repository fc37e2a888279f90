using Dolphin.Domain.Balancing;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Domain.Tests.Balancing;

public sealed class RecentLogProperties
{
    // Of the logs so far: which one is added to, counted from the newest, and how much.
    private static readonly Arbitrary<(int Back, int More)[]> Additions =
        (from back in Gen.Frequency((4, Gen.Constant(0)), (1, Gen.Choose(1, 5)))
         from more in Gen.OneOf(Gen.Choose(1, 3), Gen.Choose(1, 2 * RecentLog<int>.Bound))
         select (back, more)).ArrayOf().ToArbitrary();

    [Fact(DisplayName = "Whichever log is added to, it and all others stay what they were; the new one has the newest, up to the bound, and counts the rest")]
    public void A_log_never_changes() => Prop.ForAll(Additions, additions =>
    {
        List<(RecentLog<int> Log, List<int> All)> known = [(RecentLog<int>.Empty, [])];
        foreach (var (back, more) in additions)
        {
            var (log, all) = known[Math.Max(0, known.Count - 1 - back)];
            all = [.. all];
            for (var i = 0; i < more; i++)
            {
                log = log.Add(known.Count * 10_000 + i, out var fallen);
                if (all.Count >= RecentLog<int>.Bound && fallen != all[^RecentLog<int>.Bound]) return false;
                all.Add(known.Count * 10_000 + i);
            }
            known.Add((log, all));
        }

        return known.TrueForAll(k => k.Log.SequenceEqual(k.All.TakeLast(RecentLog<int>.Bound)) && k.Log.Dropped == Math.Max(0, k.All.Count - RecentLog<int>.Bound)
            && (k.Log.Count == 0 || k.Log[^1] == k.All[^1]));
    }).QuickCheckThrowOnFailure();
}
