using System.Collections.Immutable;
using Dolphin.Data.Simulation;
using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Venues;
using Dolphin.Venues.Paper;

namespace Dolphin.Actors.Venue;

/// <summary>What <see cref="PaperVenueActor"/> hears besides venue commands and opening bars. What it says are venue events.</summary>
public static class PaperVenueProtocol
{
    /// <summary>From now on events go to <paramref name="Client"/>; those that come due earlier wait, as on a stream that reconnects.</summary>
    /// <param name="Auditor">Is told every fact too, when it is stored.</param>
    public sealed record Connect(IActorRef Client, IActorRef? Auditor = null);

    /// <summary>The client is another than before, at the same address: what nobody can ask for by an id is told again. Nothing if nobody is connected.</summary>
    public sealed record Reopened
    {
        public static readonly Reopened Now = new();
    }

    /// <summary>A command that may only be executed until <paramref name="Deadline"/>; later, an order or a cancel is answered as out of its recvWindow.</summary>
    public sealed record Timely(VenueCommand Command, DateTimeOffset Deadline);

    /// <summary>What do the books say? Answered by <see cref="Audit"/>, of what is stored.</summary>
    public sealed record GetAudit(long Question);

    public sealed record Audit(long Question, AccountView Account, int OpenOrders, long FactSequence);

    /// <summary>
    /// After a replay was rewound: what the venue's journal holds beyond the checkpoint. The venue forgets nothing, so the client
    /// is told which ids it need not send again. Sent before <see cref="Connect"/>.
    /// </summary>
    public sealed record Remember(ImmutableArray<PaperFact> Facts);

    /// <summary>
    /// What the market did while nobody looked: whole steps in order, the last of them closed. Orders that rested fill, and funding falls
    /// due, as of then. What an earlier life of the venue has seen is skipped. Answered by <see cref="MissedSeen"/>.
    /// </summary>
    public sealed record Missed(ImmutableArray<MarketStep> Steps);
    public sealed record MissedSeen;

    /// <summary>The market says that a symbol has come to its end. Safe to say again.</summary>
    /// <param name="Mark">What it is settled at; null: the newest price that the venue has.</param>
    public sealed record Settle(Symbol Symbol, Price? Mark);

    /// <summary>Rates that fall due within the slice that opens next. Sent before it.</summary>
    public sealed record FundingAnnounced(ImmutableArray<FundingRate> Rates);

    /// <summary>
    /// After a crash: the newest funding, liquidations and trades of others in the venue's journal. Nobody can query them by an id, so they are told again
    /// at <see cref="Connect"/>; a book takes each only once.
    /// </summary>
    public sealed record TellAgain(ImmutableArray<PaperFact> Facts);

    /// <summary>Stored with every snapshot, so that each has a sequence number of its own.</summary>
    public sealed record Marked(DateTimeOffset At);
}
