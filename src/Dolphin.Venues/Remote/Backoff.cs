using Dolphin.Domain;

namespace Dolphin.Venues.Remote;

/// <summary>How long to wait before the next attempt: from a tenth of a second, doubled up to a longest wait, of which up to half is left to chance.</summary>
/// <remarks>Chance keeps many clients of a venue that has come back from knocking at the same instant.</remarks>
/// <param name="longest">Null: five seconds.</param>
public sealed class Backoff(ulong seed, TimeSpan? longest = null)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100), UsualLongest = TimeSpan.FromSeconds(5);
    private readonly TimeSpan _longest = longest ?? UsualLongest;
    private Chance _chance = new(seed);
    private TimeSpan _next = Shortest;

    public TimeSpan Next()
    {
        var wait = _next * (0.5 + (0.5 * _chance.NextUnit()));
        _next = _next * 2 < _longest ? _next * 2 : _longest;
        return wait;
    }

    /// <summary>It worked: the next failure is a first one again.</summary>
    public void Reset() => _next = Shortest;
}
