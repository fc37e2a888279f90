using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Dolphin.Domain.External;

namespace Dolphin.Data.Public;

/// <summary>Asks public endpoints for JSON. Whatever the other end does is an answer and never an exception.</summary>
public static class PublicJson
{
    /// <summary>Bytes of an answer: Binance's largest, premiums of all symbols, has some 200 KB.</summary>
    public const int MostBytes = 4 << 20;

    /// <summary>What Binance asks for at least when it says "too many requests", and the shortest of its bans, where it does not say how long.</summary>
    private static readonly TimeSpan TooMany = TimeSpan.FromMinutes(1), Banned = TimeSpan.FromMinutes(2);

    /// <param name="timeout">Of one request.</param>
    public static HttpClient NewClient(TimeSpan timeout) =>
        // A name may move to other addresses; redirects are not followed: an API has none.
        new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5), AllowAutoRedirect = false, ConnectTimeout = timeout })
        {
            Timeout = timeout, MaxResponseContentBufferSize = MostBytes,
        };

    /// <param name="expected">What the answer should be, for the message if it is not.</param>
    /// <param name="read">May throw for what it cannot read.</param>
    /// <returns>What was read, or why there is nothing; one of the two is null.</returns>
    /// <exception cref="OperationCanceledException">The caller has lost interest.</exception>
    public static async Task<(T? Value, FactorAnswer.Nothing? Missed)> GetAsync<T>(
        HttpClient http, Uri uri, string expected, Func<JsonElement, HttpResponseHeaders, T> read, CancellationToken cancellation) where T : class
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(read);
        try
        {
            using var response = await http.GetAsync(uri, cancellation);
            if (response.StatusCode is HttpStatusCode.TooManyRequests or (HttpStatusCode)418) // 418: an address that went on after 429 is banned.
                return (null, Missed(uri, $"{(int)response.StatusCode}, it wants to be left alone", Wish(response)));
            if (!response.IsSuccessStatusCode) return (null, Missed(uri, $"{(int)response.StatusCode} {response.ReasonPhrase}", notBefore: null) with { Status = (int)response.StatusCode });
            using var document = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellation));
            return (read(document.RootElement, response.Headers), null);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return (null, Missed(uri, string.Create(CultureInfo.InvariantCulture, $"nothing within {http.Timeout.TotalSeconds:0.###} s"), notBefore: null));
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return (null, Missed(uri, e.Message.TrimEnd('.'), notBefore: null));
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            return (null, Missed(uri, $"what cannot be read: {e.Message.TrimEnd('.')}", notBefore: null));
        }

        FactorAnswer.Nothing Missed(Uri of, string came, TimeSpan? notBefore) => new($"{of.GetLeftPart(UriPartial.Path)}: expected {expected}; came {came}", notBefore);
    }

    /// <summary>Whether it is what reading throws where JSON has another shape, or no number.</summary>
    public static bool IsUnreadable(Exception e) =>
        e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or OverflowException or ArgumentException or IndexOutOfRangeException;

    /// <summary>A number, or a text that is one.</summary>
    /// <exception cref="FormatException">It is neither.</exception>
    public static double Number(JsonElement element) => element.ValueKind == JsonValueKind.String
        ? double.Parse(element.GetString()!, NumberStyles.Float, CultureInfo.InvariantCulture)
        : element.GetDouble();

    /// <summary>Unix milliseconds.</summary>
    public static DateTimeOffset Time(JsonElement element) => DateTimeOffset.FromUnixTimeMilliseconds(element.GetInt64());

    private static TimeSpan Wish(HttpResponseMessage response)
    {
        var usual = response.StatusCode == HttpStatusCode.TooManyRequests ? TooMany : Banned;
        var wish = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } when response.Headers.Date is { } now => date - now, // By its own clock.
            _ => usual,
        };
        return wish > TimeSpan.Zero ? wish : usual;
    }
}
