using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Dolphin.Actors.External;
using Dolphin.Data.Deribit;
using Dolphin.Data.Public;
using Dolphin.Data.Recording;
using Dolphin.Domain.External;
using Dolphin.Domain.Market;
using Dolphin.Node.Cli;
using Dolphin.Node.Plan;
using Dolphin.Venues.Binance.Live;
using Dolphin.Venues.Binance.Rest;

namespace Dolphin.Node.Running;

/// <summary>The external factors of a run: files that were read, or clients that will ask.</summary>
/// <param name="Plan">Null where there are none.</param>
/// <param name="Hash">Of what the files say; empty where there are none.</param>
internal sealed record ExternalFactorsSetup(ExternalFactorsPlan? Plan, string Hash)
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    /// <param name="symbols">That are traded.</param>
    /// <param name="feed">What may be asked of the host that the market is from; null where it is from elsewhere.</param>
    /// <exception cref="CliException">A file is wrong, or the run cannot have live factors.</exception>
    public static ExternalFactorsSetup Of(RunOptions options, TradingPlan plan, ImmutableArray<Symbol> symbols, bool isReplay, HostBudget? feed = null)
    {
        if (plan.Exf is not { } exf) return new ExternalFactorsSetup(null, "");
        if (exf.Origin == FactorOrigin.Live)
        {
            if (isReplay) throw new CliException(ExitCode.ConfigInvalid, "dolphin.exf.source is live, and this run is not in real time: what is true now says nothing of its market. Expected files, or off. Nothing was started.");
            return new ExternalFactorsSetup(new ExternalFactorsPlan(
                exf.PolicyFor([Factors.Funding, Factors.Basis, Factors.OpenInterest, Factors.TakerRatio, Factors.Dvol]), [], Sources(exf, symbols, BudgetOf(exf, plan.Binance.Feed, feed))), "");
        }

        var folder = Path.GetDirectoryName(Path.GetFullPath(options.PlanPath))!;
        try
        {
            var tape = FactorFiles.Read([.. exf.Files.Select(f => Path.Combine(folder, f))], plan.Replay.Limits);
            return new ExternalFactorsSetup(new ExternalFactorsPlan(exf.PolicyFor(tape.Factors), tape.Values, []), tape.Hash);
        }
        catch (RecordingException e)
        {
            throw DataRefusal.Of(e, "dolphin.exf.files");
        }
    }

    /// <summary>The plan's fingerprint with what its files say.</summary>
    public string Over(string fingerprint) => Hash.Length == 0 ? fingerprint : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{fingerprint} factors={Hash}")));

    // By address, as the venue does: who is refused closes it for all.
    private static HostBudget BudgetOf(ExfSection exf, FeedSettings settings, HostBudget? feed) =>
        feed is not null && Uri.Compare(exf.Binance, settings.Rest, UriComponents.HostAndPort, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0
            ? feed : new HostBudget(settings.WeightShare, SteadyClock.Machine);

    private static ImmutableArray<FactorSource> Sources(ExfSection exf, ImmutableArray<Symbol> symbols, HostBudget budget)
    {
        var http = PublicJson.NewClient(exf.Timeout);
        var (binance, dvol) = (new FactorClient(http, exf.Binance, symbols, budget, SteadyClock.Machine), new DvolClient(http, exf.Deribit, exf.DvolCurrency, SteadyClock.Machine));
        // Half of the budget for each of the two that ask symbol by symbol, after what the premiums take.
        var left = Math.Max(1, (exf.MostWeight - FactorClient.PremiumWeight) / 2);
        TimeSpan Round(TimeSpan least) => Minute * Math.Max(least / Minute, (double)symbols.Length * FactorClient.SymbolWeight / left);
        var patience = FactorClient.MostFailures * exf.Timeout + TimeSpan.FromSeconds(symbols.Length); // A round is a request after another, and some may never be answered.
        // As far back as is told again after a restart, and one value more: the lag's own end must be known. Of open interest the newest alone is ever looked at.
        var (funding, takers) = (exf.Settings.FundingKept + exf.Settings.FundingFreshFor, exf.Settings.TakerRatioKept + exf.Settings.TakerRatioFreshFor);
        return
        [
            new("binance-premiums", Minute, exf.Timeout * 3, binance.PremiumsAsync)
            {
                Past = new FactorPast(exf.Timeout + 3 * Minute, cancellation => binance.SettledAsync(SteadyClock.Machine.GetUtcNow() - funding, cancellation)),
            },
            new("binance-open-interest", Round(5 * Minute), patience, binance.OpenInterestAsync),
            new("binance-taker-ratio", Round(10 * Minute), patience, binance.TakerRatiosAsync) { Past = new FactorPast(patience, cancellation => binance.TakerRatiosAsync(takers, cancellation)) },
            new("deribit-dvol", Minute, exf.Timeout * 2, dvol.FetchAsync) { Past = new FactorPast(exf.Timeout * 2, dvol.PastAsync) },
        ];
    }
}
