using System.Text.Json;
using System.Text.Json.Serialization;

namespace Dolphin.Actors.Node;

/// <summary>What a state folder belongs to. A run may only go on in a folder whose identity is its own.</summary>
/// <param name="Format">Of the folder's layout.</param>
/// <param name="Market">sim, replay or remote; of a venue's folder venue-sim or venue-replay.</param>
/// <param name="Source">Fingerprint of the market data; of a remote market, which venue it is.</param>
/// <param name="Plan">Fingerprint of the plan with all its defaults.</param>
/// <param name="Deposit">Quote: what the account began with. It follows from the plan; it is here for those who only look.</param>
/// <param name="CheckpointEveryBars">Of a replay: the venue stores each checkpoint, so the state hash depends on it. Null in a live run, and in folders
/// from before it was kept.</param>
/// <param name="BarMs">Of a recording that a venue plays: how long a bar takes on the wall clock. Else null.</param>
public sealed record RunIdentity(
    int Format, string Edition, string Market, string Source, string Plan, long Seed, DateTimeOffset? From, DateTimeOffset? To, decimal Deposit,
    long? CheckpointEveryBars = null, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? BarMs = null)
{
    public const int CurrentFormat = 1;

    /// <returns>The first difference in words, or null if the two are one run.</returns>
    public string? DifferenceFrom(RunIdentity mine) => this switch
    {
        _ when Format != mine.Format => $"layout {Format}, this program writes {mine.Format}",
        _ when !string.Equals(Edition, mine.Edition, StringComparison.Ordinal) => $"the {Edition} edition, this is {mine.Edition}",
        _ when !string.Equals(Market, mine.Market, StringComparison.Ordinal) => $"market {Market}, this is {mine.Market}",
        _ when Seed != mine.Seed => $"seed {Seed}, this is {mine.Seed}",
        _ when (From, To) != (mine.From, mine.To) => $"the period {From:u} to {To:u}, this is {mine.From:u} to {mine.To:u}",
        _ when !string.Equals(Source, mine.Source, StringComparison.Ordinal) && Market == "remote" => $"the venue {Source}, this is {mine.Source}",
        _ when BarMs != mine.BarMs => $"bars of {BarMs} ms, this has bars of {mine.BarMs} ms (--bar)",
        _ when !string.Equals(Source, mine.Source, StringComparison.Ordinal) => $"other market data ({Short(Source)}, this is {Short(mine.Source)})",
        _ when !string.Equals(Plan, mine.Plan, StringComparison.Ordinal) => $"another plan ({Short(Plan)}, this is {Short(mine.Plan)})",
        _ when CheckpointEveryBars is { } theirs && theirs != mine.CheckpointEveryBars =>
            $"a run with a checkpoint every {theirs} bars, this has {(mine.CheckpointEveryBars is { } bars ? $"one every {bars}" : "none")} (replay.checkpoint-every-bars)",
        _ => null,
    };

    private static string Short(string fingerprint) => fingerprint.Length > 16 ? fingerprint[..16] + "..." : fingerprint;
}

/// <summary>Where a run keeps its identity, its journals and its logs.</summary>
public sealed class StateFolder(string path)
{
    public const string NodeJournal = "node.db";
    public const string VenueJournal = "venue.db";
    private const string IdentityFile = "run.json";

    public string Path { get; } = path;
    private string IdentityPath => System.IO.Path.Combine(Path, IdentityFile);

    /// <returns>Null if nothing has run here.</returns>
    /// <exception cref="InvalidDataException">The file is there and cannot be read.</exception>
    public RunIdentity? ReadIdentity()
    {
        if (!File.Exists(IdentityPath)) return null;
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(IdentityPath), IdentityJson.Default.RunIdentity)
                ?? throw new InvalidDataException($"{IdentityPath} says null; expected what this folder belongs to.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{IdentityPath} cannot be read: {e.Message} Restore the file, or choose another folder.", e);
        }
    }

    /// <summary>Claims a new folder, or checks that an old one is this run's.</summary>
    /// <exception cref="InvalidDataException">It belongs to another run.</exception>
    public void Claim(RunIdentity mine)
    {
        if (ReadIdentity() is { } theirs)
        {
            if (theirs.DifferenceFrom(mine) is { } difference)
                throw new InvalidDataException(
                    $"The state folder {Path} belongs to {difference}. Nothing was changed; choose another with --state, or remove it.");
            return;
        }

        Directory.CreateDirectory(Path);
        var draft = IdentityPath + ".new";
        using (var file = File.Create(draft))
        {
            JsonSerializer.Serialize(file, mine, IdentityJson.Default.RunIdentity);
            file.Flush(flushToDisk: true);
        }

        File.Move(draft, IdentityPath, overwrite: true); // Whole or not at all: a crash leaves no half identity.
    }
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RunIdentity))]
internal sealed partial class IdentityJson : JsonSerializerContext;
