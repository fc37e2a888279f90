namespace Dolphin.Hosting.Akka.Settings;

/// <summary>One thing about the settings that is wrong, or that is probably not meant.</summary>
/// <param name="Key">From the top, <c>dolphin.cluster.port</c>; or the environment variable that was read instead.</param>
/// <param name="Message">What came, what was expected, and where the value belongs. Never a secret.</param>
public sealed record SettingProblem(bool IsError, string Key, string Message)
{
    public override string ToString() => $"{(IsError ? "error" : "warning")}: {Key}: {Message}";
}
