namespace Dolphin.Venues.Remote;

/// <summary>What the sockets need of the venue behind them. Safe to call from any thread.</summary>
public interface IVenueDesk
{
    VenueHello Hello { get; }

    /// <summary>From its answer on the session is told every event of the account; first, again, what nobody could ask for by an id.</summary>
    /// <returns>Null: it has entered. Else why not, for the client to read.</returns>
    Task<string?> EnterAsync(IOrderSession session, OrderRequest.Hello hello, CancellationToken cancellation);

    /// <summary>Answered by events. Of a session that has not entered, or was ended, nothing is taken.</summary>
    void Take(IOrderSession session, OrderRequest.Order order);

    void Leave(IOrderSession session);

    /// <summary>From its answer on the reader is offered everything; first the newest slice that has closed.</summary>
    /// <returns>Null: it is served. Else why not.</returns>
    Task<string?> WatchAsync(MarketOutbox reader, CancellationToken cancellation);

    void Unwatch(MarketOutbox reader);

    /// <param name="newest">How many of the newest orders to list.</param>
    Task<OracleReport> OracleAsync(int newest, CancellationToken cancellation);
}

/// <summary>One client's order connection, as the venue sees it. Never blocks.</summary>
public interface IOrderSession
{
    /// <summary>A client that does not read what it is told loses its connection at a bound, as on a real venue: when it comes back it asks.</summary>
    void Tell(VenueEvent said);

    void End(string reason);
}
