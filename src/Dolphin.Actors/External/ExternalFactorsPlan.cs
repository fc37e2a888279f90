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
public sealed record FactorSource(string Name, TimeSpan Every, TimeSpan Patience, Func<CancellationToken, Task<FactorAnswer>> Fetch);
