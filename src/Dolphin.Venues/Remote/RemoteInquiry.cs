using System.Net;
using System.Net.Http.Headers;

namespace Dolphin.Venues.Remote;

/// <summary>Asks a venue who it is, once, before anybody trades.</summary>
public static class RemoteInquiry
{
    /// <exception cref="RemoteRefusedException">It answered, and the answer is no.</exception>
    /// <exception cref="HttpRequestException">It does not answer.</exception>
    public static async Task<VenueHello> AskAsync(RemoteAddress address, TimeProvider time, CancellationToken cancellation)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { MaxResponseContentBufferSize = RemoteProtocol.MaxAnswerBytes };
        using var request = new HttpRequestMessage(HttpMethod.Get, address.Http(RemoteProtocol.VenuePath));
        if (address.Secret is { } secret) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        using var patience = new CancellationTokenSource(RemoteProtocol.HelloWithin, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        try
        {
            using var answer = await http.SendAsync(request, both.Token).ConfigureAwait(false);
            if (answer.StatusCode != HttpStatusCode.OK)
                throw new RemoteRefusedException($"The venue at {address} answers {(int)answer.StatusCode}{(answer.StatusCode == HttpStatusCode.Unauthorized ? ": it does not know our secret" : "")}.");
            var hello = WireJson.Read<VenueHello>(await answer.Content.ReadAsByteArrayAsync(both.Token).ConfigureAwait(false));
            return hello.Protocol == RemoteProtocol.Version
                ? hello
                : throw new RemoteRefusedException($"The venue at {address} speaks protocol {hello.Protocol}; expected {RemoteProtocol.Version}.");
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new HttpRequestException($"No answer within {RemoteProtocol.HelloWithin.TotalSeconds:0} s.", e);
        }
        catch (WireFormatException e)
        {
            throw new RemoteRefusedException($"What answers at {address} is no venue: {e.Message}");
        }
    }
}
