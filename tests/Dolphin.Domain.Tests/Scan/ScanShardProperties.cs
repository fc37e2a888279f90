using System.Collections.Immutable;
using Dolphin.Domain.Scan;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Domain.Tests.Scan;

/// <summary>Whatever shards do, and whatever the universe does, the scan sees what one process sees, to the last bit.</summary>
public sealed class ScanShardProperties
{
    /// <summary>What becomes of one shard at one scan.</summary>
    private enum Fate
    {
        Answers,
        /// <summary>Its answer is there, its parts of matrices are not.</summary>
        KeepsParts,
        /// <summary>It takes the step; its answer comes too late.</summary>
        IsLate,
        /// <summary>It never hears of the step.</summary>
        MissesStep,
        /// <summary>It begins again with nothing.</summary>
        Dies,
    }

    /// <param name="Market">How much all assets move as one: at 0 nothing leads, at 1 the first proof is enough.</param>
    /// <param name="HeadDies">Scans after which the head goes on from what it had stored.</param>
    private sealed record History(int Shards, int Assets, double Market, ulong Seed, ImmutableArray<Fate> Fates, ImmutableArray<int> HeadDies)
    {
        public override string ToString() => $"{Shards} shards, {Assets} assets, market {Market}, seed {Seed}, head dies after {string.Join(", ", HeadDies)}; fates {string.Join(' ', Fates)}";
    }

    private const int Scans = 56;
    private static ScanPolicy Policy { get; } = ScanStage.PolicyOf(10, 24, 40);

    private static Arbitrary<History> Histories =>
        (from shards in Gen.Choose(2, 4)
         from more in Gen.Choose(0, 90)
         from market in Gen.Elements(0.0, 0.4, 1.0)
         from seed in Gen.Choose(1, 1_000_000)
         from fates in Gen.Frequency(
             (12, Gen.Constant(Fate.Answers)), (2, Gen.Constant(Fate.KeepsParts)), (2, Gen.Constant(Fate.IsLate)), (1, Gen.Constant(Fate.MissesStep)), (1, Gen.Constant(Fate.Dies))).ArrayOf(shards * Scans)
         from dies in Gen.Choose(5, Scans * 2).ArrayOf(2)
         select new History(shards, shards * RowRange.BlockRows + more, market, (ulong)seed, [.. fates], [.. dies])).ToArbitrary();

    /// <summary>Closes of which some are missing, with assets that are listed late, begin anew, or stand still.</summary>
    private static double[][] Closes(History history)
    {
        var (rows, chance) = (ScanStage.Closes(history.Assets, Scans, history.Seed, history.Market, sector: 0.3), new Chance(history.Seed + 1));
        for (var t = 0; t < Scans; t++)
        {
            for (var i = 0; i < history.Assets; i++)
                if (chance.NextInt(60) == 0) rows[t][i] = double.NaN;
            if (t < 20) rows[t][3] = double.NaN;
            if (t >= 25) rows[t][70] *= 20;
            rows[t][100] = 1;
        }
        return rows;
    }

    private sealed class Play
    {
        private readonly History _history;
        private readonly double[][] _closes;
        private readonly ScanShard[] _shards;
        private EigenScan _head;

        public Play(History history)
        {
            (_history, _closes) = (history, Closes(history));
            (One, _head) = (new EigenScan(Policy, history.Assets), new EigenScan(Policy, history.Assets, history.Shards));
            _shards = [.. _head.Shards.Select(rows => new ScanShard(Policy, history.Assets, rows))];
        }

        public EigenScan One { get; }
        public long RowsAfresh { get; private set; }
        public int Parts { get; private set; }
        public int Primal { get; private set; }
        public int Restored { get; private set; }

        /// <returns>What differs first, or null.</returns>
        public string? ToEnd()
        {
            for (var t = 0; t < Scans; t++)
            {
                var at = (t + 1) * ScanStage.IntervalMs;
                for (var i = 0; i < _history.Assets; i++)
                {
                    // A third of the universe for a while, so that windows are longer than there are members.
                    if (t is 30 or 45)
                    {
                        One.Watch(i, t == 45 || i % 9 == 0);
                        _head.Watch(i, t == 45 || i % 9 == 0);
                    }
                    if (double.IsNaN(_closes[t][i])) continue;
                    One.Offer(i, _closes[t][i], at);
                    _head.Offer(i, _closes[t][i], at);
                }
                var expected = One.Scan(at);
                if (Scan(t, at) != expected) return $"scan {t}: another plunge than {expected}";
                if (t % 3 == 0) One.Spectra(vectors: t % 2 == 0);
                if (t % 3 == 0) _head.Spectra(vectors: t % 2 == 0);
                if (Difference(One, _head) is { } difference) return $"scan {t}: {difference}";
                if (!_history.HeadDies.Contains(t)) continue;
                RowsAfresh += _head.RowsAfresh;
                _head = EigenScan.From(Policy, _history.Assets, _head.Capture(), _history.Shards)!;
            }
            RowsAfresh += _head.RowsAfresh;
            return null;
        }

        private PlungeEvent? Scan(int t, long at)
        {
            _head.Begin(at);
            _head.Follow();
            var answers = new ShardAnswers(_head.Shards, Policy.Windows.Length);
            for (var s = 0; s < _shards.Length; s++)
            {
                var fate = _history.Fates[t * _shards.Length + s];
                if (fate == Fate.Dies) _shards[s] = new ScanShard(Policy, _history.Assets, _head.Shards[s]);
                if (fate == Fate.MissesStep) continue;
                if (!_shards[s].TryTake(_head.Step!))
                {
                    Assert.True(_shards[s].TryRestore(_head.CaptureHistory()));
                    Restored++;
                    continue;
                }
                Assert.Equal((_head.Count, _head.Mark, (0L, 0L)), (_shards[s].Count, _shards[s].Mark, _shards[s].Drift));
                if (fate == Fate.IsLate) continue;
                Assert.True(answers.TakeSquares(s, _shards[s].Squares()));
                if (fate != Fate.Answers || t % 3 != 0) continue;
                for (var w = 0; w < Policy.Windows.Length; w++)
                {
                    if (_head.PartBytes(s, w) == 0) continue;
                    var part = _shards[s].Part(w);
                    Assert.Equal(_head.PartBytes(s, w), part.Length);
                    answers.TakePart(s, w, part);
                    Parts++;
                    if (_head.Windows[w].Length >= _head.Windows[w].Members) Primal++;
                }
            }
            return _head.End(answers);
        }
    }

    private static string? Difference(EigenScan one, EigenScan head)
    {
        if ((one.Count, one.Closes, one.Ticks, one.Plunge, Bits(one.VelDiv), one.Watched) != (head.Count, head.Closes, head.Ticks, head.Plunge, Bits(head.VelDiv), head.Watched)) return "counts or vel_div";
        for (var w = 0; w < one.Windows.Length; w++)
        {
            var (a, b) = (one.Windows[w], head.Windows[w]);
            if ((a.Members, Bits(a.Leading), Bits(a.Velocity), Bits(a.Residual), a.Steps, a.Resolved) != (b.Members, Bits(b.Leading), Bits(b.Velocity), Bits(b.Residual), b.Steps, b.Resolved))
                return $"leading pair of window {a.Length}";
            if ((Bits(a.Entropy), a.AboveEdge, Bits(a.Edge)) != (Bits(b.Entropy), b.AboveEdge, Bits(b.Edge))) return $"entropy of window {a.Length}";
            if (!a.Eigenvalues.SequenceEqual(b.Eigenvalues)) return $"eigenvalues of window {a.Length}";
            if (!a.Loadings.SequenceEqual(b.Loadings)) return $"loadings of window {a.Length}";
            for (var i = 0; i < one.Assets; i++)
                if (a.StandingOf(i) != b.StandingOf(i) || Bits(a.Correlation(i, (7 * i + 1) % one.Assets)) != Bits(b.Correlation(i, (7 * i + 1) % one.Assets))) return $"asset {i} of window {a.Length}";
            if (!a.HasVectors) continue;
            var (x, y) = (new double[one.Assets], new double[one.Assets]);
            a.CopyVector(a.Eigenvalues.Length - 1, x);
            b.CopyVector(a.Eigenvalues.Length - 1, y);
            if (!x.AsSpan().SequenceEqual(y)) return $"vectors of window {a.Length}";
        }
        return null;
    }

    private static long Bits(double? value) => BitConverter.DoubleToInt64Bits(value ?? double.NaN);

    [Fact(DisplayName = "Shards that answer, are late, miss steps or die, and a head that goes on from what it stored: every scan is the one of a single process, to the last bit")]
    public void Same_bits() => Prop.ForAll(Histories, history => new Play(history).ToEnd() is not { } difference ? true : throw new InvalidOperationException(difference))
        .Check(Config.QuickThrowOnFailure.WithMaxTest(10)); // Each is a hundred thousand comparisons.

    [Fact(DisplayName = "The histories reach it all: rows done by the head, parts of both kinds of matrix, shards that need a history, pairs that only the spectrum decides")]
    public void Reach()
    {
        var (afresh, parts, primal, restored, resolved, runs) = (0, 0, 0, 0, 0, 0);
        Prop.ForAll(Histories, history =>
        {
            var play = new Play(history);
            if (play.ToEnd() is { } difference) throw new InvalidOperationException(difference);
            runs++;
            if (play.RowsAfresh > 0) afresh++;
            if (play.Parts > 0) parts++;
            if (play.Primal > 0) primal++;
            if (play.Restored > 0) restored++;
            if (play.One.Windows[0].Resolved > 0) resolved++;
        }).Check(Draws.Same(8));
        Assert.All(new[] { afresh, parts, primal, restored, resolved }, count => Assert.InRange(count, runs / 5, runs));
    }

    [Fact(DisplayName = "Whole numbers: products of any returns add up to what a plain loop says, past 64 bits too")]
    public void Sum_of_products() => Prop.ForAll(
        (from length in Gen.Choose(0, 70)
         from a in Gen.Frequency((3, Gen.Choose(int.MinValue, int.MaxValue)), (1, Gen.Elements(int.MinValue, int.MaxValue, 0))).ArrayOf(length)
         from b in Gen.Frequency((3, Gen.Choose(int.MinValue, int.MaxValue)), (1, Gen.Elements(int.MinValue, int.MaxValue, 0))).ArrayOf(length)
         select (a, b)).ToArbitrary(), pair =>
    {
        var sum = 0L;
        for (var t = 0; t < pair.a.Length; t++) sum = unchecked(sum + (long)pair.a[t] * pair.b[t]);
        return sum == Lanes.SumOfProducts(pair.a, pair.b);
    }).QuickCheckThrowOnFailure();
}
