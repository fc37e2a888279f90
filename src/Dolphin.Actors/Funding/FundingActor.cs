using System.Collections.Immutable;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Market;
using Dolphin.Domain.Market;
using Dolphin.Domain.Sizing;

namespace Dolphin.Actors.Funding;

/// <summary>Keeps the newest funding rate of every symbol, and publishes it for those who size.</summary>
/// <remarks>
/// What is settled is stored: it is told once, and counts for hours. A forecast comes again within a minute and is in snapshots only.
/// </remarks>
public sealed class FundingActor : DurableActor<FundingMemory>, IWithTimers
{
    public const string Id = "funding-rates";
    private static readonly TimeSpan SayAgainEvery = TimeSpan.FromMinutes(10); // To nodes that have joined since.
    private readonly IClusterPort _cluster;
    private readonly SortedDictionary<Symbol, SymbolFunding> _known = [];

    public ITimerScheduler Timers { get; set; } = null!;
    public override string PersistenceId => Id;

    public FundingActor(IClusterPort cluster)
    {
        _cluster = cluster;
        Recover<FundingEvent>(Apply);
        Recover<RecoveryCompleted>(_ =>
        {
            Publish([.. _known.Values]);
            Timers.StartPeriodicTimer(Again.Key, Again.Now, Grid.Until(Now, SayAgainEvery), SayAgainEvery);
        });
        Command<MarketProtocol.FundingTold>(OnTold);
        Command<Again>(_ => Publish([.. _known.Values]));
    }

    protected override void PreStart()
    {
        base.PreStart();
        _cluster.Subscribe(Topics.FundingTold, Self);
    }

    protected override FundingMemory Capture() => new([.. _known.Values]);

    protected override void Restore(FundingMemory snapshot)
    {
        foreach (var symbol in snapshot.Symbols) _known[symbol.Symbol] = symbol;
    }

    private void OnTold(MarketProtocol.FundingTold told)
    {
        if (told.IsForecast)
        {
            foreach (var rate in told.Rates) _known[rate.Symbol] = SymbolFunding.After(_known.GetValueOrDefault(rate.Symbol), rate, isForecast: true);
            Publish([.. told.Rates.Select(r => _known[r.Symbol])]);
            return;
        }

        // Told again, by a venue that has come back or a replay that goes on, it is known already.
        ImmutableArray<FundingRate> news =
            [.. told.Rates.Where(r => !(_known.GetValueOrDefault(r.Symbol)?.SettlesAt >= r.At)).OrderBy(r => r.At).ThenBy(r => r.Symbol)];
        if (news.IsEmpty) return;
        Store<FundingEvent>([new FundingEvent.Told(news, Now)], Apply, () => Publish([.. news.Select(r => r.Symbol).Distinct().Select(s => _known[s])]));
    }

    private void Apply(FundingEvent stored)
    {
        if (stored is not FundingEvent.Told told) throw new System.Diagnostics.UnreachableException($"Cannot fold {stored.GetType().Name}; skipping it would lose a rate.");
        foreach (var rate in told.Rates) _known[rate.Symbol] = SymbolFunding.After(_known.GetValueOrDefault(rate.Symbol), rate, isForecast: false);
    }

    private void Publish(ImmutableArray<SymbolFunding> symbols)
    {
        if (!symbols.IsEmpty) _cluster.Publish(Topics.FundingRates, new FundingProtocol.Known(symbols));
    }

    private sealed record Again
    {
        public const string Key = "again";
        public static readonly Again Now = new();
    }
}
