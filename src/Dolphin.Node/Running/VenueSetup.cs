using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Dolphin.Actors;
using Dolphin.Actors.Market;
using Dolphin.Actors.Node;
using Dolphin.Data;
using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Node.Cli;
using Dolphin.Node.Plan;
using Dolphin.Venues.Paper;
using Dolphin.Venues.Remote;
using Serilog;

namespace Dolphin.Node.Running;

/// <summary>One venue, complete and validated.</summary>
/// <param name="Recorded">How long a bar took where it comes from.</param>
/// <param name="Secret">Null: only programs of this machine are served.</param>
internal sealed record VenueSetup(
    IWorldMarket World, TimeSpan Recorded, ImmutableArray<Instrument> Instruments, ImmutableArray<ListedSymbol> Listed, PaperPolicy Policy, Money Deposit,
    RunIdentity Identity, StateFolder Folder, JournalPlan Journal, IPEndPoint Listen, string? Secret, bool Fence)
{
    /// <summary>The one account there is.</summary>
    public const string Account = "paper";
    private static readonly TimeSpan EightHours = TimeSpan.FromHours(8);

    /// <summary>Why a bar cannot take so long, or null if it can.</summary>
    public static string? Objection(TimeSpan bar) =>
        bar < PaperExchange.ShortestBar || bar > EightHours || bar.Ticks % TimeSpan.TicksPerMillisecond != 0 || EightHours.Ticks % bar.Ticks != 0
            ? $"--bar {bar}: expected {PaperExchange.ShortestBar.TotalMilliseconds:0} ms to 8 h, whole milliseconds that go into eight hours without a rest, so that funding stays in place. Nothing was started."
            : null;

    /// <exception cref="CliException">Something is wrong with the data, or with what was asked.</exception>
    public static VenueSetup Of(VenueOptions options, TradingPlan plan, long seed, ILogger log)
    {
        var secret = VenueSecret.Read(options.SecretFile);
        if (secret is null && !IPAddress.IsLoopback(options.Listen.Address))
            throw new CliException(ExitCode.Usage, $"--listen {options.Listen} is not a loopback address, and there is no secret, so anyone who reaches it could trade. Set {VenueSecret.Variable} or --secret-file, or use 127.0.0.1:{options.Listen.Port}. Nothing was started.");
        if (options.Market == MarketKind.Sim)
        {
            var world = new WorldPlan((ulong)seed, plan.Simulation.LiveInterval, plan.Simulation.Assets);
            var market = world.MarketFrom(DateTimeOffset.UnixEpoch);
            return Of(options, plan, seed, world, market, world.Interval,
                RunMachinery.LiveVenue(RunMachinery.PolicyOf(plan, market.Symbols, market.DecimalsOf, seed), world.Interval), null, secret);
        }

        var tape = RunMachinery.Recording(options.DataPaths, options.From, options.To, plan, log);
        var bar = options.Bar ?? tape.Interval;
        if (Objection(bar) is { } objection) throw new CliException(ExitCode.Usage, objection);
        // What can be had of a bar is a part of its recorded volume, however fast it goes by.
        return Of(options, plan, seed, new RecordedWorld(tape, bar), tape, tape.Interval, RunMachinery.PolicyOf(plan, tape.Symbols, tape.DecimalsOf, seed), (long)bar.TotalMilliseconds, secret);
    }

    /// <summary>Of the folder of a venue that plays a simulated market, or of a run that has one inside.</summary>
    public const string OfSimulation = "venue-sim";

    /// <summary>Which venue this is: the same market, account and terms, begun at the same time.</summary>
    public string NameOf(DateTimeOffset began) => NameOf(Identity, began);

    /// <param name="i">Of the venue's folder.</param>
    public static string NameOf(RunIdentity i, DateTimeOffset began)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{i.Market}|{i.Source}|{i.Plan}|{i.Seed}|{i.From:O}|{i.To:O}|{i.Deposit}|{i.BarMs}|{began:O}");
        return "paper-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..16];
    }

    public VenueHello HelloOf(string name) => new(
        RemoteProtocol.Version, name, Account, Identity.Market["venue-".Length..], World.Interval, Recorded, Deposit, Listed);

    private static VenueSetup Of(
        VenueOptions options, TradingPlan plan, long seed, IWorldMarket world, IMarketSource market, TimeSpan recorded, PaperPolicy policy, long? barMs, string? secret)
    {
        var symbols = RunMachinery.SymbolsOf(plan, market.Symbols);
        var identity = new RunIdentity(
            RunIdentity.CurrentFormat, Edition.Name, options.Market == MarketKind.Sim ? OfSimulation : "venue-replay", market.Fingerprint, plan.Fingerprint, seed,
            options.From, options.To, plan.Account.Capital.Quote, BarMs: barMs);
        return new VenueSetup(
            world, recorded, [.. symbols.Select(s => RunMachinery.InstrumentOf(plan, s, market.DecimalsOf(s)))],
            [.. symbols.Select(s => new ListedSymbol(s, market.DecimalsOf(s).Price, market.DecimalsOf(s).Volume))], policy, plan.Account.Capital, identity,
            new StateFolder(options.StateFolder), plan.Journal, options.Listen, secret, options.Fence);
    }
}
