using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Dolphin.Domain.Divergence;

/// <summary>One venue's part of a <see cref="DivergenceMemory"/>.</summary>
/// <param name="AtMs">Unix milliseconds of the newest price, or -1 before the first.</param>
/// <param name="LastLog">Log of the newest price.</param>
/// <param name="ClosedLog">Log of the last price of step <paramref name="ClosedStep"/>, the newest one that ended with a price; -1 before.</param>
/// <param name="Returns">Of the last steps, oldest first: billionths of log price; <see cref="int.MinValue"/> where unknown.</param>
/// <param name="OldMs">Milliseconds; how old the newest price was when it came.</param>
public sealed record SourceMemory(
    PriceSource Source, decimal Price, long AtMs, double LastLog, double ClosedLog, long ClosedStep, ImmutableArray<int> Returns,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] long OldMs = 0);

/// <summary>Everything a <see cref="DivergenceReader"/> knows, for a snapshot.</summary>
public sealed record DivergenceMemory(long StepMs, long Step, ImmutableArray<SourceMemory> Sources);

/// <summary>
/// Compares what several venues say one asset is worth: how far they are apart, and which of them moves first. Of one size: four bytes
/// a step and venue. Same prices in the same order, same reading, on every machine.
/// </summary>
/// <remarks>
/// A return of a step is known where the venue had a price in it and in the one before. A venue that quotes now and then is thus
/// compared by what it said, not by what it last said; filling its silences would make it look late.
/// Not for several threads.
/// </remarks>
public sealed class DivergenceReader
{
    private readonly DivergencePolicy _policy;
    private readonly Track[] _tracks;
    private long _step = -1;

    public DivergenceReader(DivergencePolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        _policy = policy;
        _tracks = new Track[policy.Sources.Length];
        for (var i = 0; i < _tracks.Length; i++) _tracks[i] = new Track(policy.Steps);
    }

    /// <summary>Goes on from a snapshot. Venues it does not name start anew, and so does everything where the step has another length.</summary>
    public DivergenceReader(DivergencePolicy policy, DivergenceMemory memory) : this(policy)
    {
        ArgumentNullException.ThrowIfNull(memory);
        if (memory.StepMs != policy.StepMs) return;
        _step = memory.Step;
        foreach (var source in memory.Sources)
        {
            var i = policy.Sources.BinarySearch(source.Source);
            if (i >= 0) _tracks[i].Restore(source);
        }
    }

    /// <summary>Takes one price.</summary>
    /// <param name="at">When it was received, by one clock for all venues.</param>
    /// <param name="old">How old it was by then: zero or more, whole milliseconds. It counts for its age, and not for who moves first, which is about when venues are heard.</param>
    /// <returns>False, and nothing changed, if the venue is none of the policy's, the price is none, or it is not newer than what is known.</returns>
    public bool Observe(PriceSource source, Price price, DateTimeOffset at, TimeSpan old = default)
    {
        var i = _policy.Sources.BinarySearch(source);
        var atMs = at.ToUnixTimeMilliseconds();
        if (i < 0 || price.QuotePerBase <= 0m || atMs < 0) return false;
        var step = atMs / _policy.StepMs;
        if (atMs <= _tracks[i].AtMs || step < _step) return false;
        Advance(step);
        _tracks[i].Take(price.QuotePerBase, atMs, Math.Max(0, (long)old.TotalMilliseconds));
        return true;
    }

    /// <summary>The reading as of <paramref name="at"/>. Steps that have ended by then are closed, so a later price for them comes too late.</summary>
    public DivergenceReading Read(DateTimeOffset at)
    {
        var atMs = at.ToUnixTimeMilliseconds();
        if (_step >= 0) Advance(atMs / _policy.StepMs);
        var views = ImmutableArray.CreateBuilder<SourceView>(_tracks.Length);
        var fresh = new List<decimal>(_tracks.Length);
        for (var i = 0; i < _tracks.Length; i++)
        {
            var track = _tracks[i];
            var ageMs = Math.Max(0, atMs - track.AtMs) + track.OldMs;
            var age = track.AtMs < 0 ? TimeSpan.MaxValue : TimeSpan.FromMilliseconds(ageMs);
            var isFresh = track.AtMs >= 0 && ageMs <= _policy.MaxAgeMs;
            if (isFresh) fresh.Add(track.Price);
            views.Add(new SourceView(_policy.Sources[i], track.AtMs < 0 ? null : Price.Of(track.Price), age, isFresh));
        }
        var sources = views.MoveToImmutable();
        var (leader, leads) = Leads(sources);
        return new DivergenceReading(at, fresh.Count >= 2 ? Apart(fresh) : DivergencePolicy.Default, fresh.Count >= 2, sources, leader, leads);
    }

    public DivergenceMemory Capture() => new(
        _policy.StepMs, _step, [.. _tracks.Select((track, i) => track.Capture(_policy.Sources[i]))]);

    private static double Apart(List<decimal> prices)
    {
        prices.Sort();
        var middle = prices.Count / 2;
        var median = prices.Count % 2 == 1 ? (double)prices[middle] : ((double)prices[middle - 1] + (double)prices[middle]) / 2;
        return Math.Clamp((double)(prices[^1] - prices[0]) / median, 0, 1);
    }

    private (PriceSource? Leader, ImmutableArray<Lead> Leads) Leads(ImmutableArray<SourceView> sources)
    {
        var leads = ImmutableArray.CreateBuilder<Lead>();
        Span<int> wins = stackalloc int[DivergencePolicy.MostSources];
        Span<bool> isLed = stackalloc bool[DivergencePolicy.MostSources];
        Span<double> surest = stackalloc double[DivergencePolicy.MostSources];
        Span<int> first = stackalloc int[DivergencePolicy.MostSteps];
        Span<int> second = stackalloc int[DivergencePolicy.MostSteps];
        for (var a = 0; a < sources.Length; a++)
        for (var b = a + 1; b < sources.Length; b++)
        {
            if (!sources[a].Fresh || !sources[b].Fresh) continue; // Who is left out leads nobody.
            var verdict = LeadLag.Of(_tracks[a].Write(first), _tracks[b].Write(second), _policy.Lags);
            if (verdict.Confidence < _policy.Settings.MinConfidence) continue;
            var (leader, follower) = verdict.FirstLeads ? (a, b) : (b, a);
            wins[leader]++;
            isLed[follower] = true;
            surest[leader] = Math.Max(surest[leader], verdict.Confidence);
            leads.Add(new Lead(
                sources[leader].Source, sources[follower].Source, TimeSpan.FromMilliseconds(verdict.Lag * _policy.StepMs), verdict.Correlation, verdict.Confidence));
        }
        var best = -1;
        for (var i = 0; i < sources.Length; i++)
        {
            if (wins[i] == 0 || isLed[i]) continue;
            if (best < 0 || wins[i] > wins[best] || (wins[i] == wins[best] && surest[i] > surest[best])) best = i;
        }
        leads.Sort((x, y) => x.Leader != y.Leader ? x.Leader.CompareTo(y.Leader) : x.Follower.CompareTo(y.Follower));
        return (best < 0 ? null : sources[best].Source, leads.DrainToImmutable());
    }

    private void Advance(long step)
    {
        if (_step < 0) _step = step;
        var ended = step - _step;
        if (ended <= 0) return;
        foreach (var track in _tracks)
        {
            track.EndStep(_step, _policy.StepMs);
            track.Skip(ended - 1); // Of these nobody has a price: each of a later step would have advanced to it.
        }
        _step = step;
    }

    private sealed class Track(int steps)
    {
        private readonly int[] _returns = new int[steps];
        private double _lastLog, _closedLog;
        private long _closedStep = -1;
        private int _next, _count;

        public decimal Price { get; private set; }
        public long AtMs { get; private set; } = -1;
        public long OldMs { get; private set; }

        public void Take(decimal price, long atMs, long oldMs) => (Price, AtMs, OldMs, _lastLog) = (price, atMs, oldMs, PortableMath.Log((double)price));

        public void EndStep(long step, long stepMs)
        {
            var value = LeadLag.Absent;
            if (AtMs >= 0 && AtMs / stepMs == step)
            {
                if (_closedStep == step - 1 && _closedStep >= 0)
                    value = (int)Math.Clamp(Math.Round((_lastLog - _closedLog) * 1e9), -int.MaxValue, int.MaxValue);
                (_closedLog, _closedStep) = (_lastLog, step);
            }
            Push(value);
        }

        /// <summary>So many steps had no price.</summary>
        public void Skip(long steps)
        {
            var absent = (int)Math.Min(steps, _returns.Length);
            var unwrapped = Math.Min(absent, _returns.Length - _next);
            _returns.AsSpan(_next, unwrapped).Fill(LeadLag.Absent);
            _returns.AsSpan(0, absent - unwrapped).Fill(LeadLag.Absent);
            _next = (_next + absent) % _returns.Length;
            _count = Math.Min(_returns.Length, _count + absent);
        }

        /// <summary>The returns, oldest first; the part not filled yet is unknown.</summary>
        public ReadOnlySpan<int> Write(Span<int> into)
        {
            var series = into[.._returns.Length];
            series.Fill(LeadLag.Absent);
            var oldest = (_next - _count + _returns.Length) % _returns.Length;
            var known = series[(_returns.Length - _count)..];
            var unwrapped = Math.Min(_count, _returns.Length - oldest);
            _returns.AsSpan(oldest, unwrapped).CopyTo(known);
            _returns.AsSpan(0, _count - unwrapped).CopyTo(known[unwrapped..]);
            return series;
        }

        public SourceMemory Capture(PriceSource source)
        {
            Span<int> all = stackalloc int[DivergencePolicy.MostSteps];
            return new SourceMemory(source, Price, AtMs, _lastLog, _closedLog, _closedStep, [.. Write(all)[^_count..]], OldMs);
        }

        public void Restore(SourceMemory memory)
        {
            (Price, AtMs, OldMs) = (memory.Price, memory.AtMs, memory.OldMs);
            (_lastLog, _closedLog, _closedStep) = (memory.LastLog, memory.ClosedLog, memory.ClosedStep);
            foreach (var value in memory.Returns.AsSpan()[Math.Max(0, memory.Returns.Length - _returns.Length)..]) Push(value);
        }

        private void Push(int value)
        {
            _returns[_next] = value;
            _next = (_next + 1) % _returns.Length;
            if (_count < _returns.Length) _count++;
        }
    }
}
