namespace Dolphin.Actors;

/// <summary>Instants at whole multiples of a period since 1970, so that who starts late ticks with who started early.</summary>
public static class Grid
{
    /// <returns>The time until the next instant after <paramref name="now"/>; above zero, at most <paramref name="period"/>.</returns>
    public static TimeSpan Until(DateTimeOffset now, TimeSpan period) => TimeSpan.FromTicks(period.Ticks - now.UtcTicks % period.Ticks);
}
