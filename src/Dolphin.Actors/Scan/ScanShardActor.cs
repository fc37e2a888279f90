using System.Globalization;
using Dolphin.Domain.Scan;
using static Dolphin.Actors.Scan.ScanShardProtocol;

namespace Dolphin.Actors.Scan;

/// <summary>Keeps some rows of the eigen-scan for the head, wherever it lives. It stores nothing: what it misses it asks the head for.</summary>
public sealed class ScanShardActor : ReceiveActor
{
    public const string Kind = "scan-shard";
    private readonly ScanPolicy _policy;
    private readonly RowRange _rows;
    private readonly int _assets;
    private readonly byte[]?[] _parts; // By window, of the newest scan: made when the first piece is asked for.
    private readonly Queue<ScanStep> _kept = [];
    private ScanShard _shard;
    private Gathering? _gathering;
    private long _drift;

    /// <summary>Says all that there is to say of a shard, so that one which a cluster remembers of an earlier plan harms nobody.</summary>
    public static string IdOf(RowRange rows, int assets) => string.Create(CultureInfo.InvariantCulture, $"{rows.First}-{rows.End}-{assets}");

    /// <param name="id">As <see cref="IdOf"/> writes it.</param>
    public ScanShardActor(ScanPolicy policy, string id)
    {
        var numbers = id.Split('-').Select(n => int.Parse(n, CultureInfo.InvariantCulture)).ToArray();
        (_policy, _rows, _assets, _parts) = (policy, new RowRange(numbers[0], numbers[1]), numbers[2], new byte[]?[policy.Windows.Length]);
        _shard = new ScanShard(_policy, _assets, _rows);
        Receive<Resume>(OnResume);
        Receive<Take>(take => OnStep(take.Step));
        Receive<HistoryPiece>(OnHistory);
        Receive<GetPart>(OnGetPart);
    }

    private void OnResume(Resume resume)
    {
        if (resume.Count == _shard.Count && resume.Mark == _shard.Mark) return;
        if (resume.Count == 0) Begin();
        else Gather();
    }

    private void OnStep(ScanStep step)
    {
        if (step is { Count: 1, Before: 0 }) Begin(); // The head has begun anew: there is nothing to ask for.
        if (_gathering is null && TryTake(step))
        {
            Answer();
            return;
        }

        if (_kept.Count == MostStepsKept || _kept.LastOrDefault() is { } last && (step.Count != last.Count + 1 || step.Before != last.After)) Forget();
        _kept.Enqueue(step);
        if (_gathering is null) Gather();
        else Sender.Tell(new GetHistory(_rows.First, _gathering.Mark, _gathering.Pieces.Next)); // What was asked for may be lost.
    }

    private void Begin()
    {
        Forget();
        (_shard, _drift) = (new ScanShard(_policy, _assets, _rows), 0);
    }

    private void Forget()
    {
        _gathering = null;
        _kept.Clear();
    }

    private void Gather()
    {
        _gathering = new Gathering(0, 0, new Pieces(_shard.HistoryBytes));
        Sender.Tell(new GetHistory(_rows.First, 0, 0));
    }

    private void OnHistory(HistoryPiece piece)
    {
        if (_gathering is null) return;
        if (piece.Piece == 0 && piece.Mark != _gathering.Mark) _gathering = new Gathering(piece.Count, piece.Mark, new Pieces(_shard.HistoryBytes));
        if (piece.Mark != _gathering.Mark || !_gathering.Pieces.TryTake(piece.Piece, piece.Bytes)) return;
        if (!_gathering.Pieces.IsWhole)
        {
            Sender.Tell(new GetHistory(_rows.First, _gathering.Mark, _gathering.Pieces.Next));
            return;
        }

        _shard.TryRestore(new ScanHistory(_gathering.Count, _gathering.Mark, _gathering.Pieces.Whole)); // Of the right length: the pieces were counted by it.
        Array.Clear(_parts);
        _gathering = null;
        while (_kept.TryDequeue(out var step))
        {
            if (step.Count <= _shard.Count) continue; // The history has it.
            if (!TryTake(step))
            {
                Forget();
                Gather();
                return;
            }
            if (_kept.Count == 0) Answer();
        }
    }

    private bool TryTake(ScanStep step)
    {
        if (!_shard.TryTake(step)) return false;
        Array.Clear(_parts);
        if (_shard.Drift.Rows == _drift) return true;
        _drift = _shard.Drift.Rows;
        Context.GetLogger().Error("Rows {0} to {1} of the scan: a sum was not what its returns say, by {2} at worst, {3} times so far. It was put right; the memory of this machine is not to be trusted.",
            _rows.First, _rows.End, _shard.Drift.Largest, _drift);
        return true;
    }

    private void Answer() => Sender.Tell(new Taken(_rows.First, _shard.Mark, _shard.Squares()));

    private void OnGetPart(GetPart asked)
    {
        if (_gathering is not null || asked.Mark != _shard.Mark || asked.Window < 0 || asked.Window >= _parts.Length) return;
        var part = _parts[asked.Window] ??= _shard.Part(asked.Window);
        if (Pieces.Cut(part, asked.Piece) is { } bytes) Sender.Tell(new PartPiece(_rows.First, asked.Mark, asked.Window, asked.Piece, bytes));
    }

    private sealed record Gathering(long Count, long Mark, Pieces Pieces);
}
