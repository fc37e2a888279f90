using System.Collections.Immutable;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Market;
using Dolphin.Domain.Market;
using Dolphin.Domain.OrderBooks;
using Dolphin.Domain.Survival;

namespace Dolphin.Actors.Sensors;

/// <param name="Usual">In order of symbol: what each book is like when nothing is wrong with it.</param>
public sealed record BookSensorState(ImmutableArray<UsualBook> Usual);

/// <summary>L5: are the order books there, do they move, is their depth what it was, and is it on both sides?</summary>
public sealed class BookSensor : SensorActor<BookSensorState>
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1); // As often as a live market shows its books.

    private readonly IClusterPort _cluster;
    private BookHealth _health = BookHealth.Unseen;
    private LayerReading.Book? _reading;
    private DateTimeOffset _lookedAt;

    public BookSensor(SensorContext context, ImmutableArray<Symbol> symbols, IClusterPort cluster) : base(LayerId.ObStreamer, context)
    {
        _cluster = cluster;
        Command<MarketProtocol.BooksSeen>(seen =>
        {
            var isFirst = _reading is null;
            (_health, _reading) = _health.After(seen.Gone.IsEmpty ? symbols : [.. symbols.Except(seen.Gone)], seen.Books, Now);
            _lookedAt = Now;
            if (isFirst) Report(); // The controller has been waiting since it started.
        });
    }

    protected override void PreStart()
    {
        base.PreStart();
        _cluster.Subscribe(Topics.OrderBooks, Self);
    }

    protected override BookSensorState Capture() => new([.. _health.Usual.Values]);
    protected override void Restore(BookSensorState snapshot) => _health = new BookHealth(snapshot.Usual.ToImmutableSortedDictionary(u => u.Symbol, u => u));

    // Books that nobody shows any more are all as old as the last look.
    protected override LayerReading? Read(DateTimeOffset now) => _reading is { } reading ? reading with { Age = reading.Age + Later(now - _lookedAt - LookEvery) } : null;

    private static TimeSpan Later(TimeSpan late) => late > TimeSpan.Zero ? late : TimeSpan.Zero;
}
