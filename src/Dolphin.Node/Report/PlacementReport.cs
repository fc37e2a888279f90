using System.Collections.Immutable;
using Dolphin.Backtest.Placement;
using Dolphin.Domain;
using Dolphin.Domain.Market;

namespace Dolphin.Node.Report;

/// <summary>What <c>dolphin book place</c> found.</summary>
/// <param name="Unended">Placements that the recording was over before.</param>
/// <param name="AdverseBps">What the placer believed at the end that resting costs beyond its fee.</param>
/// <param name="Queues">When its orders at the best price were expected to fill, and when they did.</param>
public sealed record PlacementReport(
    ImmutableArray<string> Data, Symbol Symbol, DateTimeOffset From, DateTimeOffset To, Quantity Quantity, TimeSpan Every, Bps MakerFee, Bps TakerFee,
    TimeSpan Outbound, TimeSpan Inbound, bool MayTake, int Unended, double AdverseBps, ImmutableArray<PlacementArm> Arms, ImmutableArray<QueueRow> Queues);
