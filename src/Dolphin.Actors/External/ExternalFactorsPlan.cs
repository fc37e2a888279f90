using System.Collections.Immutable;
using Dolphin.Domain.External;

namespace Dolphin.Actors.External;

/// <summary>Where external factors come from, and how they are judged. Known to be good.</summary>
/// <param name="Tape">What files have, in order of time; played on the run's clock.</param>
/// <param name="Sources">Who is asked while the run goes; none in virtual time.</param>
public sealed record ExternalFactorsPlan(FactorPolicy Policy, ImmutableArray<FactorValue> Tape, ImmutableArray<FactorSource> Sources);

/// <summary>Somebody who can be asked.</summary>
/// <param name="Name">For people, and a path segment.</param>
/// <param name="Every">Between two questions that are answered; what the source's budget allows is in it.</param>
/// <param name="Patience">An answer that takes longer is no answer.</param>
/// <param name="Fetch">Never throws for what the other end does: that is an answer too.</param>
public sealed record FactorSource(string Name, TimeSpan Every, TimeSpan Patience, Func<CancellationToken, Task<FactorAnswer>> Fetch)
{
    /// <summary>What was before the run began, for who listens with a lag; null: nobody needs it.</summary>
    public FactorPast? Past { get; init; }
}

/// <summary>A question that is asked once, before all others: only what is newer than the newest is taken afterwards.</summary>
/// <param name="Patience">As of <see cref="FactorSource"/>.</param>
/// <param name="Fetch">As of <see cref="FactorSource"/>; values in order of time, each with the time at which it was true.</param>
public sealed record FactorPast(TimeSpan Patience, Func<CancellationToken, Task<FactorAnswer>> Fetch);
