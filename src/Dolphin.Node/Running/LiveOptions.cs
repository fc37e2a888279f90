using Dolphin.Actors.Node;
using Dolphin.Node.Plan;

namespace Dolphin.Node.Running;

/// <summary>One live run, complete and validated.</summary>
/// <param name="To">When it ends by itself; null never.</param>
internal sealed record LiveOptions(
    NodePlan Plan, OutsidePlan Outside, RunIdentity Identity, StateFolder Folder, JournalPlan Journal, DateTimeOffset? To);
