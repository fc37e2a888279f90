using System.Collections.Immutable;
using System.Globalization;
using Akka.Configuration.Hocon;

namespace Dolphin.Hosting.Akka.Settings;

/// <summary>One object of the settings while it is read: every value asked for is checked, every mistake is noted, and reading goes on.</summary>
/// <remarks>What is wrong is answered with a harmless value, so that the rest can be checked too; nobody may use the result if an error was noted.</remarks>
internal sealed class SettingsSection
{
    private readonly string _path;
    private readonly IDictionary<string, HoconValue>? _written;
    private readonly IDictionary<string, HoconValue> _defaults;
    private readonly List<SettingProblem> _problems;

    /// <param name="written">What the file says; null if it says nothing here.</param>
    /// <param name="defaults">hocon/cluster/reference.conf, which has every key.</param>
    public SettingsSection(string path, HoconValue? written, HoconValue defaults, List<SettingProblem> problems)
    {
        (_path, _problems, _defaults) = (path, problems, defaults.GetObject().Items);
        if (written is null || written.IsEmpty) return;
        if (!written.IsObject())
        {
            problems.Add(new SettingProblem(IsError: true, path, $"found {Show(written)}; expected a section in braces."));
            return;
        }
        _written = written.GetObject().Items;
        foreach (var key in _written.Keys.Where(k => !_defaults.ContainsKey(k)).Order(StringComparer.Ordinal))
        {
            _problems.Add(new SettingProblem(IsError: true, $"{path}.{key}",
                $"is not a setting; expected one of {string.Join(", ", _defaults.Keys.Order(StringComparer.Ordinal))}."));
        }
    }

    public SettingsSection Section(string key) => new($"{_path}.{key}", _written?.TryGetValue(key, out var value) == true ? value : null, _defaults[key], _problems);

    /// <summary>A text, or the override where there is one.</summary>
    public string Text(string key, Override? over = null)
    {
        if (over is { } o) return o.Value;
        var value = Value(key);
        if (!value.IsObject() && !value.IsArray()) return value.GetString()?.Trim() ?? "";
        Wrong(key, null, Show(value), "one text");
        return "";
    }

    public int Whole(string key, int least, int most, string meaning, Override? over = null)
    {
        var text = Text(key, over);
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most) return number;
        Wrong(key, over, $"'{text}'", $"a whole number, {least} to {most} ({meaning})");
        return least;
    }

    public bool Flag(string key)
    {
        var text = Text(key);
        if (text is "true" or "on" or "yes") return true;
        if (text is not ("false" or "off" or "no")) Wrong(key, null, $"'{text}'", "true or false");
        return false;
    }

    public TimeSpan Time(string key, TimeSpan least, TimeSpan most, string meaning)
    {
        var text = Text(key);
        if (Durations.TryParse(text, out var time) && time >= least && time <= most) return time;
        Wrong(key, null, $"'{text}'", $"a time with its unit, {Durations.Show(least)} to {Durations.Show(most)} ({meaning})");
        return least;
    }

    public T Choice<T>(string key, params ReadOnlySpan<(string Word, T Value)> choices) where T : struct
    {
        var text = Text(key);
        foreach (var (word, value) in choices)
        {
            if (string.Equals(word, text, StringComparison.Ordinal)) return value;
        }
        Wrong(key, null, $"'{text}'", $"one of {string.Join(", ", choices.ToArray().Select(c => c.Word))}");
        return choices[0].Value;
    }

    /// <summary>A list of texts; the override is separated by commas.</summary>
    public ImmutableArray<string> Texts(string key, string meaning, Override? over = null)
    {
        if (over is { } o) return [.. o.Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
        var value = Value(key);
        if (Show(value) == "''") return []; // What the parser makes of [].
        if (value.IsArray()) return [.. value.GetArray().Select(v => v.GetString().Trim())];
        Wrong(key, null, Show(value), $"a list of {meaning} in brackets");
        return [];
    }

    public void Wrong(string key, Override? over, string found, string expected) =>
        _problems.Add(new SettingProblem(IsError: true, over?.Name ?? $"{_path}.{key}", $"found {found}; expected {expected}."));

    public void Warn(string key, string message) => _problems.Add(new SettingProblem(IsError: false, $"{_path}.{key}", message));

    private HoconValue Value(string key) => _written?.TryGetValue(key, out var value) == true ? value : _defaults[key];

    private static string Show(HoconValue value) => value.IsObject() ? "a section" : value.IsArray() ? "a list" : $"'{value.GetString()}'";
}

/// <summary>An environment variable that takes the place of a key.</summary>
internal readonly record struct Override(string Name, string Value);
