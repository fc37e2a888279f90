using Dolphin.Web;

namespace Dolphin.Node.Cli;

/// <summary>Which state folder a verb means when it is not told.</summary>
internal static class StateFolders
{
    public static string Default(MarketKind market) => Path.Combine("state", market switch
    {
        MarketKind.Sim => "sim",
        MarketKind.Replay => "replay",
        MarketKind.Remote => "remote",
        MarketKind.Binance => "binance",
        _ => throw new ArgumentOutOfRangeException(nameof(market), market, "Not a market."),
    });

    /// <summary>Of a venue. No other verb means it unless it is told.</summary>
    public static string OfVenue => Path.Combine("state", "venue");

    /// <returns>The given folder; else, of the default ones, the one a node runs on, else the one written last.</returns>
    public static string Choose(string? given)
    {
        if (given is not null) return Path.GetFullPath(given);
        var candidates = Enum.GetValues<MarketKind>().Select(m => Path.GetFullPath(Default(m))).Where(Directory.Exists)
            .OrderByDescending(d => File.Exists(Path.Combine(d, ControlFile.Name)))
            .ThenByDescending(Directory.GetLastWriteTimeUtc)
            .ToList();
        return candidates.Count > 0 ? candidates[0] : Path.GetFullPath(Default(MarketKind.Sim));
    }
}
