using Dolphin.Actors.Market;
using Dolphin.Actors.Node;
using Dolphin.Node.Plan;
using Dolphin.Venues.Paper;

namespace Dolphin.Node.Running;

/// <summary>One live run, complete and validated.</summary>
/// <param name="To">When it ends by itself; null never.</param>
internal sealed record LiveOptions(
    NodePlan Plan, PaperPolicy Venue, WorldPlan World, RunIdentity Identity, StateFolder Folder, JournalPlan Journal, DateTimeOffset? To);
