using System.Text;

namespace Dolphin.Data.Recording;

/// <summary>How bytes out of a file are shown to a person: short, on one line, and with nothing a terminal would act on.</summary>
internal static class DataText
{
    private const int MostShown = 60;

    public static string Show(ReadOnlySpan<byte> text)
    {
        var shown = new StringBuilder(MostShown + 3);
        foreach (var rune in Encoding.UTF8.GetString(text[..Math.Min(text.Length, MostShown)]).EnumerateRunes())
        {
            if (Rune.IsControl(rune))
                shown.Append($"\\x{rune.Value:x2}");
            else
                shown.Append(rune.ToString());
        }
        return text.Length > MostShown ? shown.Append("...").ToString() : shown.ToString();
    }
}
