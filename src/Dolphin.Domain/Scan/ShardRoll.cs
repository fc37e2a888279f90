using System.Collections.Immutable;

namespace Dolphin.Domain.Scan;

/// <summary>Which shards have answered the newest scan, and which are not waited for any more. A scan is in time until its patience is over, whether it still waits or not.</summary>
/// <param name="Scan">The newest, by its count; 0 when its patience is over.</param>
/// <param name="Answered">By shard: all that it was asked.</param>
/// <param name="Silent">By shard: it let a scan's patience pass, and has not answered one in time since.</param>
public sealed record ShardRoll(long Scan, ImmutableArray<bool> Answered, ImmutableArray<bool> Silent)
{
    public static ShardRoll Of(int shards) => new(0, [.. new bool[shards]], [.. new bool[shards]]);

    /// <summary>Everybody who is not silent has answered.</summary>
    public bool IsComplete => !Enumerable.Range(0, Answered.Length).Any(Waits);

    public int Present => Answered.Count(a => a);

    public ShardRoll Begin(long scan) => this with { Scan = scan, Answered = [.. new bool[Answered.Length]] };

    /// <returns>And whether the shard is back that was silent.</returns>
    public (ShardRoll Roll, bool IsBack) Answer(int shard, long scan) => scan == Scan
        ? (this with { Answered = Answered.SetItem(shard, true), Silent = Silent.SetItem(shard, false) }, Silent[shard])
        : (this, false); // Of a scan that is over: who is always late would come and go with every scan.

    /// <summary>Patience is over.</summary>
    /// <returns>And who has fallen silent by it.</returns>
    public (ShardRoll Roll, ImmutableArray<int> Fell) Close()
    {
        ImmutableArray<int> fell = [.. Enumerable.Range(0, Answered.Length).Where(Waits)];
        return (this with { Scan = 0, Silent = [.. Enumerable.Range(0, Silent.Length).Select(s => Silent[s] || Waits(s))] }, fell);
    }

    private bool Waits(int shard) => !Answered[shard] && !Silent[shard];
}
