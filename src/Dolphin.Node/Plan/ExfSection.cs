using System.Collections.Immutable;
using System.Globalization;
using Dolphin.Domain.External;
using Dolphin.Venues.Binance.Live;

namespace Dolphin.Node.Plan;

/// <summary>Where factors come from.</summary>
public enum FactorOrigin { Files, Live }

/// <summary>What <c>dolphin.exf</c> asks for.</summary>
/// <param name="Files">Relative to the plan.</param>
/// <param name="MostWeight">Of requests to Binance, in a minute.</param>
public sealed record ExfSection(
    FactorOrigin Origin, ImmutableArray<string> Files, FactorSettings Settings, Uri Binance, Uri Deribit, string DvolCurrency, TimeSpan Timeout, int MostWeight)
{
    /// <param name="expected">Factors that are to come.</param>
    public FactorPolicy PolicyFor(IEnumerable<string> expected) =>
        FactorPolicy.Create(Settings, expected, "dolphin.exf", []) ?? throw new System.Diagnostics.UnreachableException("The settings were checked when they were read.");

    /// <returns>Null where it is off. The ranges are the domain's own.</returns>
    internal static ExfSection? Read(PlanSection s)
    {
        var source = s.Choice("source", ("off", 0), ("files", 1), ("live", 2));
        var files = s.Texts("files", all: null, "names of files beside the plan", t => t.Length > 0 && !Path.IsPathRooted(t) && !t.Split('/', '\\').Contains("..")) ?? [];
        if (source == 1 && files.IsEmpty) s.Error("files", "is empty, and source = files; expected at least one");
        var (fresh, shock, keep, live) = (s.Section("fresh-for"), s.Section("shock"), s.Section("keep"), s.Section("live"));
        var month = TimeSpan.FromDays(30);
        TimeSpan Fresh(string key) => fresh.Duration(key, TimeSpan.FromSeconds(1), month, "of a value without age", TimeSpan.FromHours(1));
        var settings = new FactorSettings
        {
            FundingFreshFor = Fresh("funding"),
            BasisFreshFor = Fresh("basis"),
            OpenInterestFreshFor = Fresh("open-interest"),
            TakerRatioFreshFor = Fresh("taker-ratio"),
            DvolFreshFor = Fresh("dvol"),
            FundingJump = (double)shock.Fraction("funding-jump", Range.Any, "of notional in eight hours"),
            FundingFlip = (double)shock.Fraction("funding-flip", Range.Any, "of notional in eight hours"),
            BasisJump = (double)shock.Fraction("basis-jump", Range.Any, "of the index"),
            DvolRise = (double)shock.Fraction("dvol-rise", Range.Any, "of the index a day before"),
            TakerLow = (double)shock.Number("taker-low", Range.Any, "bought over sold in a day"),
            Breadth = (double)shock.Fraction("breadth", Range.Any, "of a factor's assets"),
            FundingKept = keep.Duration("funding", TimeSpan.FromSeconds(1), month, "told again after a restart", TimeSpan.FromDays(5)),
            TakerRatioKept = keep.Duration("taker-ratio", TimeSpan.FromSeconds(1), month, "told again after a restart", TimeSpan.FromDays(1)),
        };
        var errors = new List<string>();
        FactorPolicy.Create(settings, [], s.Path, errors);
        s.NoteAtTheirKeys(errors);
        Uri Root(string key) => new(live.Text(key, "an address such as https://fapi.binance.com", IsRoot) is { Length: > 0 } text ? text : "http://127.0.0.1");
        var section = new ExfSection(
            source == 2 ? FactorOrigin.Live : FactorOrigin.Files, files, settings, Root("binance"), Root("deribit"),
            live.Text("dvol-currency", "BTC or ETH", t => t is "BTC" or "ETH"), live.Duration("timeout", TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1), "of one request", TimeSpan.FromSeconds(10)),
            live.Whole("most-weight", 20, 2_400, "of requests to Binance in a minute", 300));
        return source == 0 ? null : section;
    }

    /// <summary>Books and factors live from one budget: whoever asks for factors must leave books the larger half of it.</summary>
    /// <param name="weightShare">Of the venue's weight for each minute, for both.</param>
    /// <returns>A sentence that begins with the key; null if nothing is wrong.</returns>
    public string? Objection(double weightShare)
    {
        var most = (int)(HostBudget.UsualWeight * weightShare / 2);
        return Origin != FactorOrigin.Live || MostWeight <= most ? null : string.Create(CultureInfo.InvariantCulture,
            $"dolphin.exf.live.most-weight is {MostWeight}; expected at most {most}: half of what dolphin.venues.binance.weight-share ({weightShare:P0}) allows of {HostBudget.UsualWeight}.");
    }

    private static bool IsRoot(string text) => Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" && uri is { Query: "", Fragment: "", UserInfo: "", AbsolutePath: "/" };
}
