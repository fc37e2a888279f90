namespace Dolphin.Actors.Cluster;

/// <summary>What Dolphin asks of a cluster. Actors know this port, never the adapter behind it.</summary>
public interface IClusterPort
{
    /// <summary>The fencing number of this start: above every earlier one, on any machine.</summary>
    long Epoch { get; }

    /// <summary>The one instance of <paramref name="name"/> in the cluster, supervised by whoever asks for it on the node that runs it.</summary>
    IActorRef Singleton(IActorRefFactory parent, string name, Props props);

    void Subscribe(string topic, IActorRef subscriber);

    /// <summary>To every subscriber in the cluster, this node's included; at most once, in order per publisher.</summary>
    void Publish(string topic, object message);
}

/// <summary>The names of all topics.</summary>
public static class Topics
{
    /// <summary>Carries <see cref="Domain.Survival.RiskSnapshot"/>.</summary>
    public const string Risk = "risk";
    /// <summary>Carries <see cref="Market.MarketProtocol.SliceClosed"/>.</summary>
    public const string Slices = "slices";
    /// <summary>Carries <see cref="Venues.VenueEvent.Account"/>.</summary>
    public const string Account = "account";
    /// <summary>Carries <see cref="Execution.ExecutionProtocol.ShowAccount"/>.</summary>
    public const string AccountRequests = "account-requests";
    /// <summary>Carries <see cref="Books.BookProtocol.Booked"/>.</summary>
    public const string Bookings = "bookings";
    /// <summary>Carries <see cref="Books.BookProtocol.GetBook"/>.</summary>
    public const string BookRequests = "book-requests";
    /// <summary>Carries <see cref="Execution.Slippage"/>.</summary>
    public const string Slippage = "slippage";
}
