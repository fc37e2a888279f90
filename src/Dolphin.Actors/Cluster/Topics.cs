namespace Dolphin.Actors.Cluster;

/// <param name="OnNode">Of a topic that is heard in its own process only, what it carries; null if it reaches all nodes. Market data stays: every node has its own.</param>
public readonly record struct Topic(string Name, Type? OnNode = null);

/// <summary>All topics.</summary>
public static class Topics
{
    /// <summary>Carries <see cref="Domain.Survival.RiskSnapshot"/>.</summary>
    public static readonly Topic Risk = new("risk");
    /// <summary>Carries <see cref="Market.MarketProtocol.SliceClosed"/>.</summary>
    public static readonly Topic Slices = new("slices", typeof(Market.MarketProtocol.SliceClosed));
    /// <summary>Carries <see cref="Market.MarketProtocol.FeedRestarted"/>.</summary>
    public static readonly Topic Feed = new("feed", typeof(Market.MarketProtocol.FeedRestarted));
    /// <summary>Carries <see cref="Venues.VenueEvent.Account"/>.</summary>
    public static readonly Topic Account = new("account");
    /// <summary>Carries <see cref="Execution.ExecutionProtocol.ShowAccount"/>.</summary>
    public static readonly Topic AccountRequests = new("account-requests");
    /// <summary>Carries <see cref="Books.BookProtocol.Booked"/> and <see cref="Books.BookProtocol.Grounded"/>.</summary>
    public static readonly Topic Bookings = new("bookings");
    /// <summary>Carries <see cref="Books.BookProtocol.GetBook"/>.</summary>
    public static readonly Topic BookRequests = new("book-requests");
    /// <summary>Carries <see cref="Strategies.StrategyProtocol.HeldBy"/>.</summary>
    public static readonly Topic Holders = new("holders");
    /// <summary>Carries <see cref="Strategies.StrategyProtocol.GetHolders"/>.</summary>
    public static readonly Topic HolderRequests = new("holder-requests");
    /// <summary>Carries <see cref="Execution.Slippage"/>.</summary>
    public static readonly Topic Slippage = new("slippage");
    /// <summary>Carries <see cref="Execution.ExecutionProtocol.FeesCharged"/>.</summary>
    public static readonly Topic Fees = new("fees");
    /// <summary>Carries <see cref="Actors.Divergence.DivergenceProtocol.Compared"/>.</summary>
    public static readonly Topic Divergence = new("divergence");
    /// <summary>Carries <see cref="Actors.Sizing.SizingProtocol.Measured"/>, <see cref="Actors.Sizing.SizingProtocol.Learned"/> and
    /// <see cref="Actors.Sizing.SizingProtocol.Enveloped"/>.</summary>
    public static readonly Topic Sizing = new("sizing");
    /// <summary>Carries <see cref="Actors.Scan.ScanProtocol.Scanned"/>.</summary>
    public static readonly Topic Scan = new("scan");
    /// <summary>Carries <see cref="External.ExternalFactors.Observed"/>, <see cref="External.ExternalFactors.Levelled"/> and <see cref="External.ExternalFactors.Known"/>.</summary>
    public static readonly Topic Factors = new("factors");
    /// <summary>Carries <see cref="External.ExternalFactors.GetKnown"/>.</summary>
    public static readonly Topic FactorRequests = new("factor-requests");
    /// <summary>Carries <see cref="Market.MarketProtocol.BooksSeen"/>.</summary>
    public static readonly Topic OrderBooks = new("order-books", typeof(Market.MarketProtocol.BooksSeen));
    /// <summary>Carries <see cref="Market.MarketProtocol.FundingTold"/>.</summary>
    public static readonly Topic FundingTold = new("funding-told", typeof(Market.MarketProtocol.FundingTold));
    /// <summary>Carries <see cref="Funding.FundingProtocol.Known"/>.</summary>
    public static readonly Topic FundingRates = new("funding-rates");
    /// <summary>Carries <see cref="Domain.Alpha.AlphaSnapshot"/>.</summary>
    public static readonly Topic Alpha = new("alpha");
    /// <summary>Carries <see cref="Node.NodeProtocol.ServiceEnded"/>, <see cref="Node.NodeProtocol.ServiceBegun"/> and <see cref="Node.NodeProtocol.SignsOfLife"/>.</summary>
    public static readonly Topic Services = new("services");
    /// <summary>Carries <see cref="HealthGrid"/>.</summary>
    public static readonly Topic Grid = new("grid", typeof(HealthGrid));
}
