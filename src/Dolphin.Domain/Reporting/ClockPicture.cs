using System.Globalization;

namespace Dolphin.Domain.Reporting;

/// <summary>How often a node's clocks came apart, and how far its wall clock is from its own time.</summary>
/// <param name="TimesSet">Since it began: how often somebody set the wall clock.</param>
/// <param name="WallAheadSeconds">The wall clock minus the node's time; below zero where the wall clock is behind.</param>
/// <param name="TimesSlept">Since it began: how often the machine slept.</param>
/// <param name="SleptSeconds">How long in all.</param>
public sealed record ClockPicture(int TimesSet, double WallAheadSeconds, int TimesSlept, double SleptSeconds)
{
    /// <summary>One line for a screen.</summary>
    public string ToLine()
    {
        List<string> said = [];
        if (TimesSet > 0)
        {
            said.Add(string.Create(CultureInfo.InvariantCulture,
                $"the wall clock was set {Times(TimesSet)} and is {Math.Abs(WallAheadSeconds):#,##0.#} s {(WallAheadSeconds < 0 ? "behind" : "ahead of")} this node's time"));
        }
        if (TimesSlept > 0) said.Add(string.Create(CultureInfo.InvariantCulture, $"the machine slept {Times(TimesSlept)}, {SleptSeconds:#,##0.#} s in all"));
        return $"clock: {string.Join("; ", said)}";

        static string Times(int count) => count == 1 ? "once" : string.Create(CultureInfo.InvariantCulture, $"{count} times");
    }
}
