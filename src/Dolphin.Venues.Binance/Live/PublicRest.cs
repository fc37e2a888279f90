using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Dolphin.Domain.Market;
using Dolphin.Venues.Binance.Rest;
using Dolphin.Venues.Binance.Streams;

namespace Dolphin.Venues.Binance.Live;

/// <summary>The venue answered a question with no, with nonsense, or not at all.</summary>
/// <param name="isRefusal">It has had enough of us (429, 418): the budget is closed for a while.</param>
public sealed class RestException(string message, bool isRefusal = false, Exception? inner = null) : Exception(message, inner)
{
    public bool IsRefusal { get; } = isRefusal;
}

/// <summary>The questions without a key: time, exchangeInfo, fundingInfo, depth. One at a time, each within the budget of weight.</summary>
public sealed class PublicRest : IDisposable
{
    /// <summary>The venue answers within a second; what takes ten will not come.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private const int MostBytes = MessageParser.LongestMessage;

    private readonly FeedSettings _settings;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;
    private readonly SemaphoreSlim _one = new(1, 1);
    private byte[] _body = new byte[1 << 16];

    /// <param name="budget">Shared with everybody of the process who asks that host.</param>
    public PublicRest(FeedSettings settings, HostBudget budget, TimeProvider time)
    {
        (_settings, Budget, _time, Clock) = (settings, budget, time, new FeedClock(time));
        _http = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = !settings.Rest.IsLoopback, AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(10), MaxConnectionsPerServer = 1,
        }) { BaseAddress = settings.Rest, Timeout = Timeout.InfiniteTimeSpan };
    }

    public FeedClock Clock { get; }
    public HostBudget Budget { get; }
    internal FeedCounters Counters { get; } = new();

    /// <summary>What the venue lists, and what it allows from then on.</summary>
    /// <exception cref="RestException">It does not say.</exception>
    public async Task<ExchangeInfo> ListAsync(CancellationToken cancellation)
    {
        var list = await AskAsync("/fapi/v1/exchangeInfo", 1, body =>
        {
            try
            {
                return ExchangeInfo.Read(body);
            }
            catch (FormatException e)
            {
                throw new RestException(e.Message, inner: e);
            }
        }, cancellation).ConfigureAwait(false);
        if (list.Limits.FirstOrDefault(l => l is { Type: "REQUEST_WEIGHT", Limit: > 0 } && l.Interval > TimeSpan.Zero) is { } limit)
            Budget.Limit(limit.Limit * (TimeSpan.FromMinutes(1) / limit.Interval));
        return list;
    }

    /// <summary>How often each symbol's funding is settled.</summary>
    /// <exception cref="RestException">It does not say.</exception>
    public Task<FundingIntervals> FundingIntervalsAsync(CancellationToken cancellation) => AskAsync("/fapi/v1/fundingInfo", 1, body =>
    {
        try
        {
            using var document = System.Text.Json.JsonDocument.Parse(body);
            return FundingIntervals.Read(document.RootElement);
        }
        catch (Exception e) when (e is System.Text.Json.JsonException or InvalidOperationException)
        {
            throw new RestException($"fundingInfo: expected a list of symbols with fundingIntervalHours; {e.Message.TrimEnd('.')}.", inner: e);
        }
    }, cancellation);

    /// <summary>Asks for the venue's time a few times, and believes the quickest answer.</summary>
    /// <exception cref="RestException">It does not say.</exception>
    public async Task SetClockAsync(CancellationToken cancellation)
    {
        const int times = 5;
        for (var i = 0; i < times; i++)
        {
            var isFirst = i == 0;
            await AskAsync("/fapi/v1/time", 1, (body, asked, took) =>
            {
                var venue = ReadTime(body.Span) ?? throw new RestException("time: expected {\"serverTime\":...} in milliseconds after 2010; came something else.");
                Clock.Answered(venue, asked, took, isFirst);
                return true;
            }, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>A symbol's book. <paramref name="read"/> is given the answer's bytes, which are valid until it returns.</summary>
    /// <exception cref="RestException">It does not say.</exception>
    internal Task<T> DepthAsync<T>(Symbol symbol, Func<ReadOnlyMemory<byte>, T> read, CancellationToken cancellation) => AskAsync(
        string.Create(CultureInfo.InvariantCulture, $"/fapi/v1/depth?symbol={Uri.EscapeDataString(symbol.Name)}&limit={_settings.SnapshotLevels}"),
        _settings.SnapshotWeight, read, cancellation);

    public void Dispose()
    {
        _http.Dispose();
        _one.Dispose();
    }

    private Task<T> AskAsync<T>(string path, int weight, Func<ReadOnlyMemory<byte>, T> read, CancellationToken cancellation) =>
        AskAsync(path, weight, (body, _, _) => read(body), cancellation);

    private async Task<T> AskAsync<T>(string path, int weight, Func<ReadOnlyMemory<byte>, DateTimeOffset, TimeSpan, T> read, CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            for (var wait = Budget.Take(weight); wait > TimeSpan.Zero; wait = Budget.Take(weight))
                await Task.Delay(wait, _time, cancellation).ConfigureAwait(false);
            using var patience = new CancellationTokenSource(Patience, _time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
            var (asked, began) = (Clock.Now, Clock.Ticks);
            using var answer = await _http.GetAsync(new Uri(path, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, both.Token).ConfigureAwait(false);
            if (UsedWeight(answer.Headers) is { } used) Budget.Counted(used);
            Require(answer, path);
            var length = await ReadBodyAsync(answer, path, both.Token).ConfigureAwait(false);
            return read(_body.AsMemory(0, length), asked, new TimeSpan(Clock.Ticks - began));
        }
        catch (Exception e) when (e is HttpRequestException or IOException || e is OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            Counters.Add(FeedCount.RestFailed);
            throw new RestException($"{path}: {(e is OperationCanceledException ? $"no answer within {Patience.TotalSeconds:0} s" : (e.InnerException ?? e).Message.TrimEnd('.'))}.", inner: e);
        }
        finally
        {
            _one.Release();
        }
    }

    private void Require(HttpResponseMessage answer, string path)
    {
        if (answer.StatusCode == HttpStatusCode.OK) return;
        var code = (int)answer.StatusCode;
        if (code is not (429 or 418))
        {
            Counters.Add(FeedCount.RestFailed);
            throw new RestException($"{path}: expected 200; the venue answered {code}.");
        }

        Counters.Add(code == 418 ? FeedCount.RestBanned : FeedCount.RestRefused);
        var after = answer.Headers.RetryAfter is { } said ? said.Delta ?? said.Date - (Clock.Now + Clock.Offset) : null;
        Budget.Refused(isBan: code == 418, after);
        throw new RestException($"{path}: the venue answered {code}{(after is { } pause ? $", and to come back in {pause.TotalSeconds:0} s" : "")}. Nothing is asked until then.", isRefusal: true);
    }

    private async Task<int> ReadBodyAsync(HttpResponseMessage answer, string path, CancellationToken cancellation)
    {
        var stream = await answer.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        var length = 0;
        while (true)
        {
            if (length == _body.Length)
            {
                if (length >= MostBytes) throw new RestException($"{path}: expected at most {MostBytes} bytes; came more. The answer is dropped.");
                Array.Resize(ref _body, Math.Min(length * 2, MostBytes));
            }
            var got = await stream.ReadAsync(_body.AsMemory(length), cancellation).ConfigureAwait(false);
            if (got == 0) return length;
            length += got;
        }
    }

    private static int? UsedWeight(HttpResponseHeaders headers) =>
        headers.TryGetValues("X-MBX-USED-WEIGHT-1M", out var values) && int.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var used) ? used : null;

    private static DateTimeOffset? ReadTime(ReadOnlySpan<byte> body)
    {
        try
        {
            using var document = System.Text.Json.JsonDocument.Parse(body.ToArray());
            var ms = document.RootElement.GetProperty("serverTime").GetInt64();
            return ms is > 1_262_304_000_000 and < 4_102_444_800_000 ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null;
        }
        catch (Exception e) when (e is System.Text.Json.JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }
}
