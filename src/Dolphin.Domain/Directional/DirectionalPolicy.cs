using Dolphin.Domain.Exits;
using Dolphin.Domain.Survival;

namespace Dolphin.Domain.Directional;

/// <summary>Parameters of the directional strategy, known to be good, with those of its exits.</summary>
public sealed class DirectionalPolicy
{
    /// <summary>Times; what any venue offers.</summary>
    public const decimal HighestLeverage = 125m;

    /// <summary>Characters of the id of a signal; it is stored, so it has a bound.</summary>
    public const int LongestId = 64;

    private DirectionalPolicy(DirectionalSettings settings, ExitPolicy exits) => (Settings, Exits) = (settings, exits);

    /// <summary>The checked settings.</summary>
    public DirectionalSettings Settings { get; }
    public ExitPolicy Exits { get; }

    /// <summary>Checks everything at once.</summary>
    /// <param name="exits">How positions end, checked by itself.</param>
    /// <param name="path">Where the settings were found, such as <c>dolphin.directional</c>; it begins every message.</param>
    /// <returns>The policy, or null after adding every mistake to <paramref name="errors"/>.</returns>
    public static DirectionalPolicy? Create(DirectionalSettings settings, ExitPolicy exits, string path, List<string> errors)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(exits);
        ArgumentNullException.ThrowIfNull(errors);
        var before = errors.Count;
        var check = new SettingsCheck(path, errors);
        check.Expect(settings.SignalLifetime >= TimeSpan.FromSeconds(1) && settings.SignalLifetime <= TimeSpan.FromDays(1),
            "signal-lifetime", settings.SignalLifetime, "1 s to 1 day");
        check.Expect(settings.MinConfidence is >= 0 and <= 1, "min-confidence", settings.MinConfidence, "0 to 1");
        check.Expect(settings.ReverseConfidence is >= 0 and <= 1, "reverse-confidence", settings.ReverseConfidence, "0 to 1");
        check.Expect(!(settings.ReverseConfidence < settings.MinConfidence), "reverse-confidence", settings.ReverseConfidence,
            $"at least min-confidence, which is {settings.MinConfidence}");
        check.Expect(settings.CloseIn is null or Posture.Turtle or Posture.Hibernate, "close-in", settings.CloseIn?.ToString() ?? "never",
            "never, turtle or hibernate: where entries are allowed a position would be closed as soon as it stood");
        return errors.Count == before ? new DirectionalPolicy(settings, exits) : null;
    }

    /// <summary>What is allowed but probably not meant, one sentence each.</summary>
    /// <param name="path">As for <see cref="Create"/>.</param>
    public IReadOnlyList<string> Warnings(string path)
    {
        var warnings = new List<string>();
        if (Settings.SignalLifetime > Exits.Settings.Horizon)
            warnings.Add($"{path}.signal-lifetime is {Settings.SignalLifetime}, longer than the horizon of its exits, which is {Exits.Settings.Horizon}: a position may be opened on what was seen longer ago than it is expected to last.");
        return warnings;
    }
}
