using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Dolphin.Domain.Balancing;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.AutoExecution;

/// <summary>How a command ended. Names are stored: never rename one.</summary>
public enum CommandEnd { CarriedOut, DoneAlready, Refused, Expired }

/// <summary>A command that has ended.</summary>
/// <param name="Trim">What was asked of a holder, or null if nothing was.</param>
/// <param name="Growths">Of whom it was asked to open or grow; null where nobody was.</param>
/// <param name="Instead">Why something else was done than what it asked for; null where it was not.</param>
public sealed record EndedCommand(
    long Id, CommandEnd End, TrimRequest? Trim, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ImmutableArray<GrowRequest>? Growths = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Instead = null);

/// <summary>How often, since the beginning.</summary>
/// <param name="Instead">Of those carried out: where something else was done than what was asked for.</param>
/// <param name="Trims">Requests to holders.</param>
/// <param name="Growths">Commands that a held symbol grows for its weight.</param>
/// <param name="Openings">Symbols that were to be opened.</param>
/// <param name="ByAction">Commands carried out, by what they asked for.</param>
public readonly record struct ExecutorCounts(
    long CarriedOut, long DoneAlready, long Refused, long Expired, long Instead, long Trims, long Growths, long Openings, ActionCounts ByAction)
{
    /// <summary>Commands that have ended.</summary>
    public long Commands => CarriedOut + DoneAlready + Refused + Expired;
}

/// <summary>Everything the auto executor remembers, and nothing it could not recover from its events.</summary>
/// <param name="Ended">The newest 500 commands that have ended.</param>
/// <param name="ForgottenUpTo">The highest id that has fallen out of them; 0 if none has. A command with this id or a lower one is taken for done, since
/// nobody knows: ids rise, so only a second copy or a very late one can have such an id.</param>
/// <param name="LastEndAt">When a command last ended, or null.</param>
/// <param name="HighestId">Of the commands that have ended; null where that is not known.</param>
public sealed record ExecutorState(
    RecentLog<EndedCommand> Ended, long ForgottenUpTo, ExecutorCounts Counts, DateTimeOffset? LastEndAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? HighestId = null)
{
    public static ExecutorState Initial { get; } = new(RecentLog<EndedCommand>.Empty, ForgottenUpTo: 0, default, LastEndAt: null);

    /// <summary>True if the command has ended, or may have.</summary>
    public bool Knows(long id)
    {
        if (id <= ForgottenUpTo) return true;
        if (id > HighestId) return false; // Nearly always: only what is asked for again has a lower one.
        foreach (var ended in Ended)
        {
            if (ended.Id == id) return true;
        }
        return false;
    }

    /// <summary>The command with this id; null if it has fallen out, or has not ended.</summary>
    public EndedCommand? Find(long id)
    {
        foreach (var ended in Ended)
        {
            if (ended.Id == id) return ended;
        }
        return null;
    }

    /// <summary>A symbol was to be cut within <see cref="WishBook.Remembered"/>: it is not opened again at once.</summary>
    public bool HasCut(Symbol symbol, DateTimeOffset now)
    {
        foreach (var ended in Ended)
        {
            if (ended.Trim is { } trim && trim.Symbol == symbol && now - trim.Wish.Until < WishBook.Remembered) return true;
        }
        return false;
    }

    /// <summary>The smallest legs that commands still good at <paramref name="now"/> have asked of a symbol; null where none has.</summary>
    public Legs? AskedOf(Symbol symbol, DateTimeOffset now)
    {
        Legs? asked = null;
        foreach (var ended in Ended)
        {
            if (ended.Trim is not { } trim || trim.Symbol != symbol || trim.Wish.Until <= now) continue;
            asked = asked is { } before ? Smaller(before, trim.Wish.AtMost) : trim.Wish.AtMost;
        }
        return asked;
    }

    internal static Legs Smaller(Legs a, Legs b) => new(TwoLegs.LegSteps.Smaller(a.Long, b.Long), TwoLegs.LegSteps.Smaller(a.Short, b.Short));
}
