namespace Dolphin.Hosting.Akka.Copying;

/// <summary>What is copied: the journal of a state folder whose lock the caller holds.</summary>
/// <param name="Folder">For people.</param>
/// <param name="Plan">Fingerprint of the plan that it was written by.</param>
/// <param name="Venue">Which venue it traded at, as that venue says it of itself.</param>
/// <param name="Epoch">Of the newest start on the folder, above 0.</param>
public sealed record CopySource(string Folder, WholeJournal Journal, string Plan, string Venue, long Epoch);

/// <summary>Nothing was copied; the message says what was expected, what came, and what to do.</summary>
public sealed class CopyRefusedException(string message) : Exception(message);

/// <summary>The database did not give back what it was given, and nothing was kept.</summary>
public sealed class CopyDiffersException(string message) : Exception(message);
