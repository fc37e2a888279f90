using System.Buffers.Binary;
using BenchmarkDotNet.Attributes;
using Dolphin.Domain;
using Dolphin.Domain.Scan;

namespace Dolphin.Benchmarks;

/// <summary>What a scan costs each node where its rows are spread over four shards: the head, and the shard with the most pairs, against one process and one shard with all rows.</summary>
/// <remarks>The universe of <see cref="ScanBenchmarks"/>, where the leading pair is proved without squares; a shard sums them all the same, an only process does not.</remarks>
[MinColumn] // On a shared machine the least is nearest to the truth.
[InProcess] // The generated project of the default toolchain does not know this repository's output folders.
[WarmupCount(3), IterationCount(12)]
public class ScanShardBenchmarks
{
    private const int Shards = 4, Rows = 128;

    [Params(400, 2000)]
    public int Assets { get; set; }

    private EigenScan _one = null!, _head = null!;
    private ScanShard _all = null!, _quarter = null!;
    private byte[][] _returns = null!;
    private double[][] _closes = null!;
    private byte[] _kinds = null!;
    private long _oneMs, _headMs;

    [GlobalSetup]
    public void Fill()
    {
        var policy = ScanPolicy.Create(ScanSettings.Default with { Plunge = 1 }, "scan", []) ?? throw new InvalidOperationException("Expected good settings.");
        (_one, _head) = (new EigenScan(policy, Assets), new EigenScan(policy, Assets, Shards));
        var most = _head.Shards.MaxBy(r => (long)r.End * r.End - (long)r.First * r.First);
        (_all, _quarter) = (new ScanShard(policy, Assets, new RowRange(0, Assets)), new ScanShard(policy, Assets, most));
        (_returns, _closes, _kinds) = (new byte[Rows][], new double[Rows][], new byte[Assets]);
        Array.Fill(_kinds, (byte)0x80); // Known, and watched.
        var (chance, logs) = (new Chance(7), new double[Assets]);
        var sectors = new double[8];
        for (var t = 0; t < Rows; t++)
        {
            (_returns[t], _closes[t]) = (new byte[Assets * sizeof(int)], new double[Assets]);
            var market = chance.NextNormal();
            foreach (ref var sector in sectors.AsSpan()) sector = chance.NextNormal();
            for (var i = 0; i < Assets; i++)
            {
                var step = 1e-4 * (1.6 * market + 0.4 * sectors[i % 8] + chance.NextNormal());
                BinaryPrimitives.WriteInt32LittleEndian(_returns[t].AsSpan(i * sizeof(int)), (int)(step * ScanPolicy.Nano));
                logs[i] += step;
                _closes[t][i] = PortableMath.Exp(logs[i]);
            }
        }
        for (var t = 0; t < 900; t++)
        {
            OneProcess();
            Head();
            AllRows();
            Quarter();
        }
    }

    [Benchmark(Baseline = true, Description = "One process: the scan of four windows")]
    public double? OneProcess()
    {
        Offer(_one, ref _oneMs);
        _one.Scan(_oneMs);
        return _one.VelDiv;
    }

    [Benchmark(Description = "The head of four shards: its own work on a scan, the step for them included")]
    public double? Head()
    {
        Offer(_head, ref _headMs);
        _head.Begin(_headMs);
        _head.Follow();
        _head.End();
        return _head.VelDiv;
    }

    [Benchmark(Description = "A shard with all rows: takes the step, sums the squares")]
    public byte[] AllRows() => Take(_all);

    [Benchmark(Description = "The one of four shards with the most pairs: the same")]
    public byte[] Quarter() => Take(_quarter);

    [Benchmark(Description = "A shard's part of all four matrices, all rows")]
    public int AllParts() => Parts(_all);

    [Benchmark(Description = "The same, the one of four")]
    public int QuarterParts() => Parts(_quarter);

    private byte[] Take(ScanShard shard)
    {
        if (!shard.TryTake(new ScanStep(shard.Count + 1, shard.Mark, _returns[shard.Count % Rows], _kinds))) throw new InvalidOperationException($"Step {shard.Count + 1} was not taken.");
        return shard.Squares();
    }

    private static int Parts(ScanShard shard)
    {
        var bytes = 0;
        for (var window = 0; window < 4; window++) bytes += shard.Part(window).Length;
        return bytes;
    }

    private void Offer(EigenScan scan, ref long atMs)
    {
        atMs += 5_000;
        // To and fro over the rows: no step from the last one to the first.
        var at = (int)(scan.Count % (2 * Rows));
        var closes = _closes[at < Rows ? at : 2 * Rows - 1 - at];
        for (var i = 0; i < Assets; i++) scan.Offer(i, closes[i], atMs);
    }
}
