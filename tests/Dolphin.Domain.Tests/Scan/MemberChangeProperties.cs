using Dolphin.Domain.Scan;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Domain.Tests.Scan;

/// <summary>What a velocity makes of assets that come and go.</summary>
public sealed class MemberChangeProperties
{
    private sealed record Universe(int Assets, int Returns, double Market, double Sector, ulong Seed, int[] Roles);

    private const int Stays = 0, Leaves = 1, Joins = 2;

    private static readonly Gen<Universe> Universes =
        from assets in Gen.Choose(2, 14)
        from returns in Gen.Choose(4, 30)
        from market in Gen.Choose(0, 30)
        from sector in Gen.Choose(0, 30)
        from seed in Gen.Choose(1, int.MaxValue)
        from roles in Gen.Frequency((4, Gen.Constant(Stays)), (1, Gen.Constant(Leaves)), (1, Gen.Constant(Joins))).ArrayOf(assets)
        select new Universe(assets, returns, market / 10.0, sector / 10.0, (ulong)seed, roles);

    [Fact(DisplayName = "Whoever comes and goes at an unchanged market: nothing of it is the market's")]
    public void Only_members()
    {
        var (changed, large) = (0, 0);
        Prop.ForAll(Universes.ToArbitrary(), u =>
        {
            var matrix = Correlations(u, u.Seed);
            var (before, now) = (Leading(matrix, u, Joins), Leading(matrix, u, Leaves));
            if (before.Members.Length < 2 || now.Members.Length < 2) return;
            Assert.Equal(0, Change(u, before, now).MarketsPart(before.Value, now.Value), 1e-9);
            if (u.Roles.Any(r => r != Stays)) changed++;
            if (Math.Abs(now.Value / now.Members.Length - before.Value / before.Members.Length) > 0.05) large++;
        }).Check(Draws.Same(600));
        Assert.True(changed > 300 && large > 100, $"changed {changed}, large {large}");
    }

    [Fact(DisplayName = "Whatever the market does meanwhile: what is said to be its part has the sign of what it did to those who stayed, and is never more")]
    public void Never_more_than_the_market()
    {
        var felt = 0;
        Prop.ForAll(Universes.ToArbitrary(), u =>
        {
            var (before, now) = (Leading(Correlations(u, u.Seed), u, Joins), Leading(Correlations(u with { Market = 3 - u.Market }, u.Seed + 1), u, Leaves));
            var stayed = Enumerable.Range(0, u.Assets).Count(i => u.Roles[i] == Stays);
            if (stayed == 0 || before.Members.Length < 2 || now.Members.Length < 2) return;
            var truth = (Largest(Part(Correlations(u with { Market = 3 - u.Market }, u.Seed + 1), u, Stays)).Value - Largest(Part(Correlations(u, u.Seed), u, Stays)).Value) / stayed;
            var part = Change(u, before, now).MarketsPart(before.Value, now.Value);
            Assert.True(Math.Abs(part) <= Math.Abs(truth) + 1e-9 && part * truth >= -1e-12, $"part {part}, truth {truth}");
            if (part != 0 && u.Roles.Any(r => r != Stays)) felt++;
        }).Check(Draws.Same(600));
        Assert.True(felt > 100, $"felt {felt}");
    }

    [Theory(DisplayName = "A crash that wakes assets which stood still is felt as one that wakes nobody")]
    [InlineData(1)]
    [InlineData(10)]
    public void Crash_with_a_join(int sleepers)
    {
        var (alone, woken) = (Crash(0), Crash(sleepers));
        Assert.True(alone.Velocity > 0.09, $"{alone.Velocity}");
        Assert.InRange(woken.Velocity!.Value, 0.8 * alone.Velocity!.Value, alone.Velocity.Value);
        Assert.Equal((0, 1), (alone.Reformed, woken.Reformed));

        static ScanWindow Crash(int sleepers)
        {
            const int liquid = 60, rows = 900;
            var scan = new EigenScan(ScanStage.PolicyOf(50, 150), liquid + sleepers);
            var chance = new Chance(5);
            var logs = new double[liquid + sleepers];
            for (var t = 1; t <= rows; t++)
            {
                var market = t == rows ? -0.05 : 0;
                for (var i = 0; i < logs.Length; i++)
                {
                    logs[i] += market + (i < liquid ? 0.001 * (chance.NextUnit() - 0.5) : 0);
                    scan.Offer(i, 100 * Math.Exp(logs[i]), t * ScanStage.IntervalMs);
                }
                scan.Scan(t * ScanStage.IntervalMs);
            }
            return scan.Windows[0];
        }
    }

    [Fact(DisplayName = "Assets that trade now and then and come and go all the time do not stop the velocity: it is about that of the others alone")]
    public void Flapping()
    {
        const int liquid = 24, illiquid = 16, rows = 800;
        var (all, alone) = (new EigenScan(ScanStage.PolicyOf(50), liquid + illiquid), new EigenScan(ScanStage.PolicyOf(50), liquid));
        var chance = new Chance(5);
        var logs = new double[liquid + illiquid];
        var (still, seen, agreed, moved) = (0, 0, 0.0, 0.0);
        double? before = null;
        for (var t = 1; t <= rows; t++)
        {
            var market = chance.NextNormal() * (t / 100 % 2 == 0 ? 0.003 : 0.001); // Calm and lively by turns.
            for (var i = 0; i < logs.Length; i++)
            {
                if (i < liquid || chance.NextUnit() < 0.03) logs[i] += 0.001 * chance.NextNormal() + (i < liquid ? market : 0);
                all.Offer(i, 100 * Math.Exp(logs[i]), t * ScanStage.IntervalMs);
                if (i < liquid) alone.Offer(i, 100 * Math.Exp(logs[i]), t * ScanStage.IntervalMs);
            }
            all.Scan(t * ScanStage.IntervalMs);
            alone.Scan(t * ScanStage.IntervalMs);
            var (one, two) = (all.Windows[0], alone.Windows[0]);
            if (t > 300)
            {
                seen++;
                if (one.Velocity == before) still++;
                agreed += one.Velocity!.Value * two.Velocity!.Value;
                moved += two.Velocity.Value * two.Velocity.Value;
            }
            before = one.Velocity;
        }
        Assert.Equal(0, still);
        Assert.True(all.Windows[0].Reformed > rows / 8, $"{all.Windows[0].Reformed}");
        // What both say of it, over what it is without them.
        Assert.InRange(agreed / moved * (liquid + illiquid) / liquid, 0.3, 1.5); // Shares of more members are smaller.
        Assert.Equal(500, seen);
    }

    private sealed record Pair(double Value, double[] Vector, int[] Members);

    private static MemberChange Change(Universe u, Pair before, Pair now)
    {
        double Weight(Pair pair, int role) => pair.Members.Select((member, k) => u.Roles[member] == role ? pair.Vector[k] * pair.Vector[k] : 0).Sum();
        int Count(int role) => u.Roles.Count(r => r == role);
        return new MemberChange(Count(Stays), Count(Leaves), Weight(before, Leaves), Count(Joins), Weight(now, Joins));
    }

    /// <summary>Of everybody but one role.</summary>
    private static Pair Leading(double[,] matrix, Universe u, int without)
    {
        int[] members = [.. Enumerable.Range(0, u.Assets).Where(i => u.Roles[i] != without)];
        var part = new double[members.Length, members.Length];
        for (var i = 0; i < members.Length; i++)
            for (var j = 0; j < members.Length; j++) part[i, j] = matrix[members[i], members[j]];
        var (value, vector) = members.Length == 0 ? (0, []) : Largest(part);
        return new Pair(value, vector, members);
    }

    private static double[,] Part(double[,] matrix, Universe u, int role)
    {
        int[] members = [.. Enumerable.Range(0, u.Assets).Where(i => u.Roles[i] == role)];
        var part = new double[members.Length, members.Length];
        for (var i = 0; i < members.Length; i++)
            for (var j = 0; j < members.Length; j++) part[i, j] = matrix[members[i], members[j]];
        return part;
    }

    private static double[,] Correlations(Universe u, ulong seed)
    {
        var chance = new Chance(seed);
        var z = new double[u.Assets, u.Returns];
        for (var t = 0; t < u.Returns; t++)
        {
            var (market, sector) = (chance.NextNormal(), chance.NextNormal());
            for (var i = 0; i < u.Assets; i++) z[i, t] = u.Market * market + (i % 2 == 0 ? u.Sector : -u.Sector) * sector + chance.NextNormal();
        }
        for (var i = 0; i < u.Assets; i++)
        {
            double mean = 0, square = 0;
            for (var t = 0; t < u.Returns; t++) mean += z[i, t] / u.Returns;
            for (var t = 0; t < u.Returns; t++) square += (z[i, t] - mean) * (z[i, t] - mean);
            for (var t = 0; t < u.Returns; t++) z[i, t] = (z[i, t] - mean) / Math.Sqrt(square);
        }
        var matrix = new double[u.Assets, u.Assets];
        for (var i = 0; i < u.Assets; i++)
            for (var j = 0; j < u.Assets; j++)
                for (var t = 0; t < u.Returns; t++) matrix[i, j] += z[i, t] * z[j, t];
        return matrix;
    }

    /// <summary>Jacobi's rotations: slow, and nothing of the scan's.</summary>
    private static (double Value, double[] Vector) Largest(double[,] matrix)
    {
        var n = matrix.GetLength(0);
        var (a, v) = ((double[,])matrix.Clone(), new double[n, n]);
        for (var i = 0; i < n; i++) v[i, i] = 1;
        for (var sweep = 0; sweep < 60; sweep++)
            for (var p = 0; p < n; p++)
                for (var q = p + 1; q < n; q++)
                {
                    if (Math.Abs(a[p, q]) < 1e-300) continue;
                    var theta = (a[q, q] - a[p, p]) / (2 * a[p, q]);
                    var tan = (theta >= 0 ? 1 : -1) / (Math.Abs(theta) + Math.Sqrt(theta * theta + 1));
                    var cos = 1 / Math.Sqrt(tan * tan + 1);
                    var sin = tan * cos;
                    for (var k = 0; k < n; k++) (a[k, p], a[k, q]) = (cos * a[k, p] - sin * a[k, q], sin * a[k, p] + cos * a[k, q]);
                    for (var k = 0; k < n; k++) (a[p, k], a[q, k]) = (cos * a[p, k] - sin * a[q, k], sin * a[p, k] + cos * a[q, k]);
                    for (var k = 0; k < n; k++) (v[k, p], v[k, q]) = (cos * v[k, p] - sin * v[k, q], sin * v[k, p] + cos * v[k, q]);
                }
        var best = Enumerable.Range(0, n).MaxBy(i => a[i, i]);
        return (a[best, best], [.. Enumerable.Range(0, n).Select(k => v[k, best])]);
    }
}
