using System.Globalization;

namespace Dolphin.Domain;

/// <summary>Gathers what is wrong with settings: every mistake, each with where it was found, what it is and what was expected.</summary>
/// <param name="path">Where the settings were found, such as <c>dolphin.hermes</c>; it begins every message.</param>
internal readonly struct SettingsCheck(string path, List<string> errors)
{
    /// <param name="expected">Completes "expected ...", without a full stop.</param>
    public void Expect(bool good, string key, object value, string expected)
    {
        if (!good) errors.Add(string.Create(CultureInfo.InvariantCulture, $"{path}.{key} is {value}; expected {expected}."));
    }
}
