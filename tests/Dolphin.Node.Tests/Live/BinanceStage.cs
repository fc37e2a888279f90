using System.Collections.Immutable;
using Dolphin.Actors.Node;
using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Domain.Reporting;
using Dolphin.Node.Running;
using Dolphin.Venues.Binance.Tests.Live;
using Dolphin.Venues.Paper;

namespace Dolphin.Node.Tests.Live;

/// <summary>A plan for a venue of this machine that speaks Binance's protocol, and what is looked at in a run on it.</summary>
internal static class BinanceStage
{
    public static readonly string[] Symbols = ["BTCUSDT", "ETHUSDT", "SOLUSDT"];

    // Warm after twenty bars, never too quiet to trade, and tried again at once where a careful posture let an opening go unfilled.
    public static string PlanOn(StandInVenue venue, string symbols = "BTCUSDT, ETHUSDT, SOLUSDT", bool works = false, string more = "") => $$"""
        dolphin {
          universe.symbols = [{{symbols}}]
          hedging { warm-up-bars = 20, gamma1 = 0.0001, max-interval = 365d, opening-retry = 1s }
          sizing.fraction = 1 %
          execution.placement { enabled = {{(works ? "true" : "false")}}, timeout = 5s }
          venues.binance { streams = "{{venue.Streams}}", rest = "{{venue.Rest}}", relist-every = 1s }
          {{more}}
        }
        """;

    public static bool IsFlat(RunSnapshot run, string symbol) => run.Assets.Single(a => a.Symbol.Name == symbol).Legs is { Long.Quantity.Base: 0m, Short.Quantity.Base: 0m };

    public static ImmutableArray<Fill> Settled(string state)
    {
        using var journal = new JournalReader(Path.Combine(state, StateFolder.VenueJournal));
        return [.. journal.Events("paper-venue").Select(r => r.As<object>()).OfType<PaperFact.LegSettled>().Select(f => f.Fill)];
    }

    public static bool HoldsAll(RunSnapshot run) => run.Assets.Length == 3 && run.Assets.All(a => a.Legs.Long.Quantity.Base > 0m && a.Legs.Short.Quantity.Base > 0m);
}
