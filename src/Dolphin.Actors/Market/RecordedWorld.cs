using System.Collections.Immutable;
using Dolphin.Data;
using Dolphin.Data.Simulation;
using Dolphin.Domain.Market;

namespace Dolphin.Actors.Market;

/// <summary>
/// A recording put onto the wall clock: its slice k is the bar [began + k x bar, began + (k+1) x bar), with prices and volumes as recorded.
/// So a month of minutes can be traded at one bar a second.
/// </summary>
/// <remarks>
/// Funding keeps its place in the recording: what was due halfway through a bar is due halfway through it. A time at which no symbol has a
/// bar takes no time on the wall clock; funding due in such a gap is due when the bar before it closes.
/// </remarks>
/// <param name="source">Never changes.</param>
/// <param name="interval">How long a bar takes; whole milliseconds.</param>
public sealed class RecordedWorld(IMarketSource source, TimeSpan interval) : IWorldMarket
{
    public TimeSpan Interval { get; } = interval;

    public IWorldWalk Begin(DateTimeOffset began) => new Walk(source, Interval, new RecordedPlace(began.ToUnixTimeMilliseconds(), long.MinValue));

    public IWorldWalk Resume(WorldMemory memory) =>
        memory.Recorded is { } place ? new Walk(source, Interval, place) : Begin(memory.Began!.Value);

    private sealed class Walk : IWorldWalk
    {
        private readonly IMarketSource _source;
        private readonly TimeSpan _interval;
        private readonly IEnumerator<MarketSlice> _slices;
        private MarketSlice? _next; // One slice ahead: what is due between two of them belongs to the first.

        public Walk(IMarketSource source, TimeSpan interval, RecordedPlace place)
        {
            (_source, _interval, OpenTimeMs) = (source, interval, place.OpenTimeMs);
            _slices = source.Slices(place.RecordedMs, long.MaxValue).GetEnumerator();
            Read();
        }

        public long OpenTimeMs { get; private set; }

        public bool IsOver => _next is null;

        public MarketStep? Next()
        {
            if (_next is not { } recorded) return null;
            Read();
            var opens = OpenTimeMs;
            OpenTimeMs += (long)_interval.TotalMilliseconds;
            var bars = recorded.Bars.ToArray();
            for (var i = 0; i < bars.Length; i++) bars[i] = bars[i] with { Bar = bars[i].Bar with { OpenTimeMs = opens } };
            return new MarketStep(new MarketSlice(opens, _interval, bars), Funding(recorded, opens));
        }

        public void CloseFor(TimeSpan time) => OpenTimeMs += (long)time.TotalMilliseconds;

        public WorldMemory Capture(DateTimeOffset? began, long bars) =>
            new(began, Place: null, bars, new RecordedPlace(OpenTimeMs, _next?.OpenTimeMs ?? long.MaxValue));

        private void Read() => _next = _slices.MoveNext() ? _slices.Current : null;

        // As everywhere: due after the open and up to the close.
        private ImmutableArray<FundingRate> Funding(MarketSlice recorded, long opens)
        {
            var until = _next?.OpenTimeMs ?? recorded.OpenTimeMs + (long)recorded.Interval.TotalMilliseconds;
            var due = _source.Funding(recorded.OpenTimeMs + 1, until + 1);
            return due.Count == 0 ? [] : [.. due.Select(rate => rate with { At = Moved(rate.At) })];

            DateTimeOffset Moved(DateTimeOffset at)
            {
                var share = (at.ToUnixTimeMilliseconds() - recorded.OpenTimeMs) * _interval.TotalMilliseconds / recorded.Interval.TotalMilliseconds;
                return DateTimeOffset.FromUnixTimeMilliseconds(opens + Math.Clamp((long)share, 1, (long)_interval.TotalMilliseconds));
            }
        }
    }
}
