using System.Collections.Immutable;

namespace Dolphin.Domain.Scan;

/// <summary>How a universe is scanned, before anyone trusts it: <see cref="ScanPolicy.Create"/> checks.</summary>
public sealed record ScanSettings
{
    /// <summary>Key <c>windows</c>: 1 to 6 of them, ascending, 10 to 4096 returns each. The seeds' v50 and v750 are the first and the last; 150 and 300 are
    /// what lies between. With one alone there is no vel_div.</summary>
    public ImmutableArray<int> Windows { get; init; } = [50, 150, 300, 750];

    /// <summary>Key <c>velocity-half-life</c>, 0.5 to 1000 scans: how fast a velocity forgets. Six scans are half a minute at one scan in five seconds: long
    /// against the noise of a single return, short against a window of 50.</summary>
    public double VelocityHalfLife { get; init; } = 6;

    /// <summary>Key <c>plunge</c>, above 0 to 1 per scan: a plunge begins when vel_div is at or below minus this. The seeds have no number; of
    /// 400 recorded perpetuals in quarter hours, a crash among them, one scan in a hundred was below -0.0094.</summary>
    public double Plunge { get; init; } = 0.008;

    /// <summary>Key <c>plunge-over</c>, at least 0 and below <see cref="Plunge"/>: it is over when vel_div is at or above minus this.</summary>
    public double PlungeOver { get; init; } = 0.002;

    /// <summary>Key <c>most-carried</c>, 0 to 0.5: the part of a window in which an asset's last close may stand in for one that did not come.</summary>
    public double MostCarried { get; init; } = 0.1;

    /// <summary>Key <c>max-jump</c>, 1.01 to 8: a close more than so many times the last one, or less than that part of it, is not believed.</summary>
    public double MaxJump { get; init; } = 8;

    public static ScanSettings Default { get; } = new();
}

/// <summary>How a universe is scanned, known to be good.</summary>
public sealed class ScanPolicy
{
    public const int ShortestWindow = 10, LongestWindow = 4096, FewestWindows = 1, MostWindows = 6;

    /// <summary>Of log price: returns and their sums are whole billionths.</summary>
    public const double Nano = 1e9;

    /// <summary>So many closes in a row that are not believed, but agree with each other, are a new price: a redenomination, or an asset that takes over a name.</summary>
    public const int ClosesToBelieve = 3;

    private ScanPolicy(ScanSettings settings)
    {
        Settings = settings;
        MaxJumpNano = (long)(PortableMath.Log(settings.MaxJump) * Nano);
        VelocityKept = PortableMath.Kept(1, settings.VelocityHalfLife);
    }

    public ScanSettings Settings { get; }

    /// <summary>Returns, ascending.</summary>
    public ImmutableArray<int> Windows => Settings.Windows;

    public int Longest => Windows[^1];

    /// <summary>Below 2^31, so that a return fits an int and its square a long.</summary>
    public long MaxJumpNano { get; }

    /// <summary>What is left of a velocity after a scan.</summary>
    public double VelocityKept { get; }

    /// <summary>How many returns of a window may be carried.</summary>
    public int MostCarried(int window) => (int)(window * Settings.MostCarried);

    /// <summary>Checks everything at once.</summary>
    /// <param name="path">Where the settings were found, such as <c>dolphin.scan</c>; it begins every message.</param>
    /// <returns>The policy, or null after adding every mistake to <paramref name="errors"/>.</returns>
    public static ScanPolicy? Create(ScanSettings settings, string path, List<string> errors)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(errors);
        var before = errors.Count;
        var check = new SettingsCheck(path, errors);
        var windows = settings.Windows.IsDefault ? [] : settings.Windows;
        check.Expect(windows.Length is >= FewestWindows and <= MostWindows, "windows", $"a list of {windows.Length}", $"{FewestWindows} to {MostWindows} windows");
        check.Expect(windows.All(w => w is >= ShortestWindow and <= LongestWindow), "windows", string.Join(", ", windows), $"{ShortestWindow} to {LongestWindow} returns each");
        check.Expect(windows.Zip(windows.Skip(1)).All(p => p.First < p.Second), "windows", string.Join(", ", windows), "each longer than the one before it");
        check.Expect(settings.VelocityHalfLife is >= 0.5 and <= 1000, "velocity-half-life", settings.VelocityHalfLife, "0.5 to 1000 scans");
        check.Expect(settings.Plunge is > 0 and <= 1, "plunge", settings.Plunge, "above 0, at most 1 per scan");
        check.Expect(settings.PlungeOver >= 0 && settings.PlungeOver < settings.Plunge, "plunge-over", settings.PlungeOver, $"at least 0 and below plunge ({settings.Plunge})");
        check.Expect(settings.MostCarried is >= 0 and <= 0.5, "most-carried", settings.MostCarried, "0 to 0.5 of a window");
        check.Expect(settings.MaxJump is >= 1.01 and <= 8, "max-jump", settings.MaxJump, "1.01 to 8 times");
        return errors.Count == before ? new ScanPolicy(settings) : null;
    }
}
