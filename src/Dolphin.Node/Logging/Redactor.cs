using System.Text.RegularExpressions;

namespace Dolphin.Node.Logging;

/// <summary>Takes secrets out of text before it is written anywhere. The last net, not the first: secrets should not get this far.</summary>
public static partial class Redactor
{
    public const string Mark = "***";

    /// <summary>Blanks the value after a name that means a secret, in query strings, headers, JSON and connection strings.</summary>
    public static string Redact(string text) => SecretValue().Replace(text, m => m.Groups["name"].Value + Mark);

    /// <summary>Whether a field of this name must not be shown at all.</summary>
    public static bool IsSecretName(string name) => SecretName().IsMatch(name);

    private const string Names = "signature|x-mbx-apikey|api[-_]?key|api[-_]?secret|secret(?:[-_]?key)?|listen[-_]?key|password|passphrase|pwd|x-dolphin-token|token|authorization|private[-_]?key";

    [GeneratedRegex($"(?<name>(?:^|[^A-Za-z0-9])(?:{Names})\"?\\s*[=:]\\s*(?:bearer\\s+|basic\\s+)?\"?)(?<value>[^\\s\"&;,}}\\]]+)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex SecretValue();

    [GeneratedRegex($"^(?:.*[-_.])?(?:{Names})$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex SecretName();
}
