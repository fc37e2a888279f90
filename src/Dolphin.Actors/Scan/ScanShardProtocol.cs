using Dolphin.Domain.Scan;

namespace Dolphin.Actors.Scan;

/// <summary>Everything the head of a scan (<see cref="ScanActor"/>) and its shards (<see cref="ScanShardActor"/>) say to each other.</summary>
/// <remarks>
/// Nothing here has to arrive: a shard that is missing one step asks for the whole history, and what the head does not hear it does itself. What is long goes in pieces, one at a time, each
/// asked for by whoever needs it.
/// </remarks>
public static class ScanShardProtocol
{
    /// <summary>Four thirds of it, as text, and the envelope around it are below the 128,000 bytes that Akka.NET sends as one.</summary>
    public const int MostPieceBytes = 64 * 1024;

    /// <summary>Steps that a shard keeps while a history is on its way; at one more it asks for a newer one. Longer than any transfer but one that is stuck.</summary>
    public const int MostStepsKept = 8;

    /// <summary>From a head that has come to life: what its history is. Who has another one asks for it.</summary>
    public sealed record Resume(long Count, long Mark);

    /// <summary>From the head, once for each scan. Answered by <see cref="Taken"/>, or by <see cref="GetHistory"/> where steps are missing.</summary>
    public sealed record Take(ScanStep Step);

    /// <param name="First">The shard's first row.</param>
    /// <param name="Mark">Of the history with the step: not of another life's scan of the same count.</param>
    /// <param name="Squares">As <see cref="ScanShard.Squares"/> has them.</param>
    public sealed record Taken(int First, long Mark, byte[] Squares);

    /// <param name="First">The shard's first row.</param>
    /// <param name="Mark">Of the history whose pieces are being gathered; with piece 0, of any: the newest is told.</param>
    /// <param name="Piece">The one wanted, from 0.</param>
    public sealed record GetHistory(int First, long Mark, int Piece);

    /// <summary>Piece 0 where another was asked for: that history is no more, this is a newer one.</summary>
    public sealed record HistoryPiece(long Count, long Mark, int Piece, byte[] Bytes);

    /// <summary>Asks for a piece of a shard's part of one window's matrix. Who has gone on to another scan does not answer.</summary>
    public sealed record GetPart(long Mark, int Window, int Piece);

    /// <param name="First">The shard's first row.</param>
    public sealed record PartPiece(int First, long Mark, int Window, int Piece, byte[] Bytes);
}
