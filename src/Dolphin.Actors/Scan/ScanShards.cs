using System.Collections.Immutable;
using Dolphin.Domain.Reporting;
using Dolphin.Domain.Scan;
using static Dolphin.Actors.Scan.ScanShardProtocol;

namespace Dolphin.Actors.Scan;

/// <summary>The shards of a scan as its head knows them: tells them each step, gathers what they answer, one piece of one part from each at a time.</summary>
internal sealed class ScanShards(IReadOnlyList<IActorRef> shards, ImmutableArray<RowRange> ranges, int windows)
{
    private readonly Gathered?[] _parts = new Gathered?[shards.Count];
    private ShardRoll _roll = ShardRoll.Of(shards.Count);
    private ShardAnswers _answers = new(ranges, windows);
    private ScanHistory? _history; // While somebody gathers it: up to 16 MB.
    private bool _wantsParts;
    private long _mark;

    /// <summary>Nobody is waited for any more.</summary>
    public bool IsComplete => _roll.IsComplete;

    /// <summary>All shards have answered the newest scan, those too that nobody waited for.</summary>
    public bool AreAllHere => _roll.Present == shards.Count;

    public ScanShardsPicture ToPicture(long headRows) => new(shards.Count, _roll.Present, headRows);

    public void Resume(EigenScan scan, IActorRef head)
    {
        foreach (var shard in shards) shard.Tell(new Resume(scan.Count, scan.Mark), head);
    }

    /// <param name="wantsParts">The scan ends with spectra.</param>
    public void Begin(EigenScan scan, bool wantsParts, IActorRef head)
    {
        (_roll, _answers, _wantsParts, _mark) = (_roll.Begin(scan.Count), new ShardAnswers(ranges, windows), wantsParts, scan.Mark);
        Array.Clear(_parts);
        if (scan.Count - _history?.Count > MostStepsKept) _history = null; // Nobody could go on from it.
        var take = new Take(scan.Step!);
        foreach (var shard in shards) shard.Tell(take, head);
    }

    /// <returns>The rows of a shard that is back.</returns>
    public RowRange? OnTaken(Taken taken, EigenScan scan, IActorRef head)
    {
        if (ShardOf(taken.First) is not { } shard || taken.Mark != _mark || !_answers.TakeSquares(shard, taken.Squares)) return null;
        return GoOn(shard, window: 0, scan, head);
    }

    /// <returns>The rows of a shard that is back.</returns>
    public RowRange? OnPart(PartPiece piece, EigenScan scan, IActorRef head)
    {
        if (ShardOf(piece.First) is not { } shard || piece.Mark != _mark || _parts[shard] is not { } part
            || piece.Window != part.Window || !part.Pieces.TryTake(piece.Piece, piece.Bytes)) return null;
        if (part.Pieces.IsWhole)
        {
            _answers.TakePart(shard, part.Window, part.Pieces.Whole);
            return GoOn(shard, part.Window + 1, scan, head);
        }
        shards[shard].Tell(new GetPart(_mark, part.Window, part.Pieces.Next), head);
        return null;
    }

    public void OnGetHistory(GetHistory asked, EigenScan scan, IActorRef head)
    {
        if (ShardOf(asked.First) is not { } shard) return;
        if (_history is null || asked.Mark != _history.Mark && _history.Mark != scan.Mark || asked.Piece == 0 && _history.Mark != scan.Mark) _history = scan.CaptureHistory();
        var piece = asked.Mark == _history.Mark ? asked.Piece : 0;
        if (Pieces.Cut(_history.Bytes, piece) is { } bytes) shards[shard].Tell(new HistoryPiece(_history.Count, _history.Mark, piece, bytes), head);
    }

    /// <summary>What has been answered by now is all there will be.</summary>
    public ShardAnswers End()
    {
        _wantsParts = false;
        return _answers;
    }

    /// <summary>The newest scan's patience is over.</summary>
    /// <returns>The rows of those that have fallen silent by it.</returns>
    public IEnumerable<RowRange> OnPatienceOver()
    {
        (_roll, var fell) = _roll.Close();
        return fell.Select(shard => ranges[shard]);
    }

    private RowRange? GoOn(int shard, int window, EigenScan scan, IActorRef head)
    {
        _parts[shard] = null;
        while (_wantsParts && window < windows && scan.PartBytes(shard, window) == 0) window++;
        if (_wantsParts && window < windows)
        {
            _parts[shard] = new Gathered(window, new Pieces(scan.PartBytes(shard, window)));
            shards[shard].Tell(new GetPart(_mark, window, 0), head);
            return null;
        }
        (_roll, var isBack) = _roll.Answer(shard, scan.Count);
        return isBack ? ranges[shard] : null;
    }

    private int? ShardOf(int first)
    {
        for (var shard = 0; shard < ranges.Length; shard++)
            if (ranges[shard].First == first) return shard;
        return null;
    }

    private sealed record Gathered(int Window, Pieces Pieces);
}
