using System.Globalization;
using Dolphin.Domain.External;

namespace Dolphin.Actors.External;

/// <summary>Asks one source again and again, and less often while it fails. One question at a time; nothing is stored.</summary>
/// <remarks>
/// Its past is asked for first: what has come of the present is newer, and who has it takes nothing older. Where the source wants to be left alone, as one does that everybody asks at a
/// start, its past is asked for again when that is over, up to <see cref="MostPasts"/> times; where it fails otherwise, or still, it is gone on without, and it is asked for again only as long
/// as nothing at all has come. It is told once.
/// </remarks>
public sealed class FactorUpdaterActor : ReceiveActor, IWithTimers
{
    /// <summary>The pause doubles with every failure up to this; a source that asks for more gets it, up to a day.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(15);

    /// <summary>Five minutes of a venue whose weight is used up by the minute: books of 500 symbols are there by then.</summary>
    public const int MostPasts = 5;

    private static readonly TimeSpan LongestWish = TimeSpan.FromDays(1);
    private readonly FactorSource _source;
    private readonly IActorRef _service;
    private CancellationTokenSource? _asking;
    private long _number;
    private int _failures, _pasts; // In a row; of the past.
    private bool _wantsPast, _asksPast, _hasCome;

    public ITimerScheduler Timers { get; set; } = null!;

    public FactorUpdaterActor(FactorSource source, IActorRef service)
    {
        (_source, _service, _wantsPast) = (source, service, source.Past is not null);
        Receive<Ask>(_ => OnAsk());
        Receive<Answered>(answered => OnAnswered(answered.Number, answered.Answer));
        Receive<OutOfPatience>(late => OnAnswered(late.Number, new FactorAnswer.Nothing(string.Create(CultureInfo.InvariantCulture, $"expected an answer within {Patience.TotalSeconds:0.###} s; none came"))));
    }

    private TimeSpan Patience => _asksPast ? _source.Past!.Patience : _source.Patience;

    protected override void PreStart() => Self.Tell(Ask.Now);
    protected override void PostStop() => _asking?.Cancel();

    private void OnAsk()
    {
        var number = ++_number;
        _asking = new CancellationTokenSource();
        (_asksPast, _wantsPast) = (_wantsPast, false);
        Timers.StartSingleTimer(OutOfPatience.Key, new OutOfPatience(number), Patience);
        _ = (_asksPast ? _source.Past!.Fetch : _source.Fetch)(_asking.Token).PipeTo(Self, success: answer => new Answered(number, answer), failure: cause => new Answered(number, new FactorAnswer.Nothing(cause.Message)));
    }

    // What comes after patience is over has been given up already.
    private void OnAnswered(long number, FactorAnswer answer)
    {
        if (number != _number || _asking is not { } asking) return;
        Timers.Cancel(OutOfPatience.Key);
        asking.Cancel();
        asking.Dispose();
        _asking = null;
        var next = _source.Every;
        if (answer is FactorAnswer.Values values)
        {
            (_failures, _hasCome) = (0, true);
            _service.Tell(new ExternalFactors.Fetched(_source.Name, values.All, values.Lacking, values.Why));
        }
        else if (answer is FactorAnswer.Nothing nothing)
        {
            if (_asksPast)
            {
                next = Wish(nothing.NotBefore); // The present is another question.
                _wantsPast = next > TimeSpan.Zero && _pasts + 1 < MostPasts;
                if (_pasts++ == 0) _service.Tell(new ExternalFactors.PastMissed(_source.Name, nothing.Why));
                if (!_wantsPast) _pasts = 0;
            }
            else
            {
                next = PauseAfter(_source.Every, ++_failures, nothing.NotBefore);
                _wantsPast = !_hasCome && _source.Past is not null;
                _service.Tell(new ExternalFactors.Missed(_source.Name, nothing.Why, _failures, next));
            }
        }
        Timers.StartSingleTimer(Ask.Key, Ask.Now, next);
    }

    public static TimeSpan PauseAfter(TimeSpan every, int failures, TimeSpan? wished)
    {
        var pause = every * Math.Pow(2, Math.Min(failures, 16));
        if (pause > LongestPause) pause = every > LongestPause ? every : LongestPause;
        var wish = Wish(wished);
        return wish > pause ? wish : pause;
    }

    private static TimeSpan Wish(TimeSpan? wished) => wished is { } w ? w < LongestWish ? w : LongestWish : TimeSpan.Zero;

    private sealed record Ask
    {
        public const string Key = "ask";
        public static readonly Ask Now = new();
    }

    private sealed record Answered(long Number, FactorAnswer Answer);

    private sealed record OutOfPatience(long Number)
    {
        public const string Key = "patience";
    }
}
