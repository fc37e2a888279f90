using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Dolphin.Domain.Books;
using Dolphin.Domain.Compression;
using Dolphin.Domain.Directional;
using Dolphin.Domain.Hedging;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.SizeLearning;

/// <summary>Something a learner has to be told: an opening with its choice, a close with its outcome, or neither: the position never came to be.</summary>
/// <param name="Profit">Quote; with <paramref name="Notional"/> of a close.</param>
public sealed record EpisodeNote(EpisodeId Id, SizeChoice? Choice, Money? Profit, Money? Notional, DateTimeOffset At)
{
    /// <summary>It says how an episode ended.</summary>
    public bool IsEnd() => Choice is null;

    public SizeInput ToInput() => this switch
    {
        { Choice: { } choice } => new SizeInput.Open(Id, choice, At),
        { Profit: { } profit, Notional: { } notional } => new SizeInput.Close(Id, profit, notional, At),
        _ => new SizeInput.Withdraw(Id, At),
    };
}

/// <summary>
/// What a strategy keeps of its episodes: the account of the one that is open, and what the learner has not yet said it has. It follows from the strategy's own
/// events and from funding, so after a crash it is there again; and what was told before the crash may be told twice, which the learner knows.
/// </summary>
/// <param name="Told">The episode that the learner knows, or will: it was opened with a choice of its. Null: none.</param>
/// <param name="Unheard">In the order in which it happened; at most <see cref="MostUnheard"/>.</param>
/// <param name="Choice">Made when legs were taken over, for the episode that begins with the lock; null: none.</param>
/// <param name="Dropped">Notes that were one too many: a learner that does not answer learns nothing from them.</param>
public sealed record EpisodeDesk(
    EpisodeTracker Tracker, EpisodeId? Told, ImmutableArray<EpisodeNote> Unheard, long Dropped,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] SizeChoice? Choice = null)
{
    /// <summary>Of one strategy, which opens and closes one position after the other: the learner has been silent for thirty.</summary>
    public const int MostUnheard = 64;

    public static EpisodeDesk For(Symbol symbol) => new(EpisodeTracker.For(symbol), Told: null, [], Dropped: 0);

    /// <summary>After one stored event, in the order of storing.</summary>
    public EpisodeDesk After(HedgeEvent @event, HedgeState after)
    {
        var tracked = HedgeEpisodes.After(Tracker, @event, after);
        return With(tracked, @event is HedgeEvent.CycleOpened { Sizing.Choice: { } choice } ? choice : null);
    }

    /// <summary>After one stored event, in the order of storing.</summary>
    public EpisodeDesk After(CompressionEvent @event, CompressionState after)
    {
        var desk = @event is CompressionEvent.Adopted adopted ? this with { Choice = adopted.Choice } : this;
        return desk.With(CompressionEpisodes.After(desk.Tracker, @event, after), desk.Choice);
    }

    /// <summary>After one stored event, in the order of storing.</summary>
    public EpisodeDesk After(DirectionalEvent @event, DirectionalState after) =>
        With(DirectionalEpisodes.After(Tracker, @event, after), @event is DirectionalEvent.Opened { Sizing.Choice: { } choice } ? choice : null);

    /// <summary>A payment to or from a leg.</summary>
    /// <param name="lacking">The payment before it that may not have come yet; without it this one is left for the time when both come again. Null: none.</param>
    public EpisodeDesk Funded(FundingPayment payment, DateTimeOffset? lacking)
    {
        var newest = payment.Leg == PositionSide.Long ? Tracker.LongFundingAt : Tracker.ShortFundingAt;
        return lacking is { } before && !(newest >= before) ? this : this with { Tracker = Tracker.Funded(payment) };
    }

    /// <summary>The learner has it.</summary>
    /// <param name="end">It is the end of the episode that it has, and with it everything of it.</param>
    public EpisodeDesk Heard(EpisodeId id, bool end) =>
        Unheard.Any(n => n.Id == id && (end || !n.IsEnd())) ? this with { Unheard = Unheard.RemoveAll(n => n.Id == id && (end || !n.IsEnd())) } : this;

    /// <summary>What may be told now: of each episode the first that is unheard. An end that came before its opening would leave the opening behind for ever.</summary>
    public IEnumerable<EpisodeNote> Sayable()
    {
        for (var i = 0; i < Unheard.Length; i++)
        {
            var isFirst = true;
            for (var j = 0; j < i; j++) isFirst &= Unheard[j].Id != Unheard[i].Id;
            if (isFirst) yield return Unheard[i];
        }
    }

    private EpisodeDesk With(in Tracked tracked, SizeChoice? choice)
    {
        var desk = ReferenceEquals(tracked.Tracker, Tracker) ? this : this with { Tracker = tracked.Tracker };
        foreach (var fact in tracked.Facts)
        {
            desk = fact switch
            {
                EpisodeFact.Opened when choice is null => desk with { Told = null },
                EpisodeFact.Opened f => (desk with { Told = f.Id }).Note(new EpisodeNote(f.Id, choice, null, null, f.At)),
                _ when desk.Told != fact.Id => desk, // Sized by nobody's choice: there is nobody to tell.
                EpisodeFact.Closed f => (desk with { Told = null }).Note(new EpisodeNote(f.Id, null, f.Profit, f.Notional, f.At)),
                _ => (desk with { Told = null }).Note(new EpisodeNote(fact.Id, null, null, null, fact.At)),
            };
        }

        return desk;
    }

    // The oldest goes, with all that is known of its episode: half of it would teach something wrong.
    private EpisodeDesk Note(EpisodeNote note)
    {
        var unheard = Unheard.Add(note);
        if (unheard.Length <= MostUnheard) return this with { Unheard = unheard };
        var kept = unheard.RemoveAll(n => n.Id == unheard[0].Id);
        return this with { Unheard = kept, Dropped = Dropped + unheard.Length - kept.Length };
    }

    public bool Equals(EpisodeDesk? other) => other is not null
        && Tracker == other.Tracker && Told == other.Told && Dropped == other.Dropped && Choice == other.Choice && Unheard.SequenceEqual(other.Unheard);

    public override int GetHashCode() => HashCode.Combine(Tracker, Told, Dropped, Unheard.Length);
}
