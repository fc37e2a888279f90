using System.Collections.Immutable;
using Dolphin.Domain.Market;

namespace Dolphin.Venues.Remote;

/// <summary>What one reader of the market has not been sent yet.</summary>
/// <remarks>
/// A slow reader gets the newest state, not the backlog: of openings and marks only the newest is kept; of closed slices
/// <see cref="SlicesKept"/>, beyond which the two oldest are merged into one; of funding rates <see cref="RatesKept"/>, beyond which the oldest
/// are dropped. What was merged or dropped is counted in the message that is sent. Any number of writers, one reader.
/// </remarks>
public sealed class MarketOutbox
{
    public const int SlicesKept = 32;
    public const int RatesKept = 1_024;

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _news = new(0, 1);
    private readonly LinkedList<MarketMessage.Closed> _slices = new();
    private readonly Queue<FundingRate> _rates = new();
    private MarketMessage.Opened? _opened;
    private MarketMessage.Marked? _marks;
    private MarketMessage.Ended? _ended;
    private int _ratesDropped;

    /// <exception cref="ArgumentOutOfRangeException">A hello: it is said by who opens the connection.</exception>
    public void Offer(MarketMessage message)
    {
        lock (_gate)
        {
            switch (message)
            {
                case MarketMessage.Closed closed:
                    _slices.AddLast(closed);
                    if (_slices.Count > SlicesKept) MergeOldest();
                    break;
                case MarketMessage.Opened opened:
                    _opened = opened;
                    break;
                case MarketMessage.Marked marks:
                    _marks = marks;
                    break;
                case MarketMessage.Funding funding:
                    foreach (var rate in funding.Rates) _rates.Enqueue(rate);
                    for (; _rates.Count > RatesKept; _ratesDropped++) _rates.Dequeue();
                    break;
                case MarketMessage.Ended ended:
                    _ended = ended;
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(message), message, "Nothing for an outbox.");
            }

            if (_news.CurrentCount == 0) _news.Release();
        }
    }

    /// <summary>The next message: funding before the slice it falls into has closed, slices in their order, then what is only of this moment.</summary>
    public async Task<MarketMessage> TakeAsync(CancellationToken cancellation)
    {
        while (true)
        {
            if (TryTake() is { } message) return message;
            await _news.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    private MarketMessage? TryTake()
    {
        lock (_gate)
        {
            if (_rates.Count > 0)
            {
                var funding = new MarketMessage.Funding([.. _rates], _ratesDropped);
                _rates.Clear();
                _ratesDropped = 0;
                return funding;
            }

            if (_slices.First is { Value: var slice })
            {
                _slices.RemoveFirst();
                return slice;
            }

            MarketMessage? next = _opened is not null ? _opened : _marks is not null ? _marks : _ended;
            if (next == _opened) _opened = null;
            else if (next == _marks) _marks = null;
            else _ended = null;
            return next;
        }
    }

    private void MergeOldest()
    {
        var (first, second) = (_slices.First!.Value, _slices.First.Next!.Value);
        _slices.RemoveFirst();
        _slices.First!.Value = second with { Bars = Merged(first.Bars, second.Bars, second.OpenTimeMs), Merged = first.Merged + second.Merged + 1 };
    }

    // Both are in ordinal order of symbol. A bar without a counterpart keeps its prices and takes the later time, as merged ones do.
    private static ImmutableArray<SymbolBar> Merged(ImmutableArray<SymbolBar> earlier, ImmutableArray<SymbolBar> later, long openTimeMs)
    {
        var merged = ImmutableArray.CreateBuilder<SymbolBar>(Math.Max(earlier.Length, later.Length));
        for (int i = 0, j = 0; i < earlier.Length || j < later.Length;)
        {
            var order = i == earlier.Length ? 1 : j == later.Length ? -1 : earlier[i].Symbol.CompareTo(later[j].Symbol);
            if (order < 0) merged.Add(earlier[i] with { Bar = earlier[i++].Bar with { OpenTimeMs = openTimeMs } });
            else if (order > 0) merged.Add(later[j++]);
            else merged.Add(new SymbolBar(later[j].Symbol, earlier[i++].Bar.MergedWith(later[j++].Bar)));
        }

        return merged.ToImmutable();
    }
}
