using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;

namespace Dolphin.Venues.Binance.Tests.Live;

/// <summary>One client's connection to the stand-in, frame by frame by hand, so that it can misbehave in every way a wire can.</summary>
internal sealed class StandInSocket(Stream stream, string path, Action abort)
{
    private const byte Text = 0x1, Closing = 0x8, Ping = 0x9, Pong = 0xA, Last = 0x80;

    private readonly ConcurrentDictionary<string, bool> _streams = new(StringComparer.Ordinal);
    private readonly Channel<byte[]> _outbox = Channel.CreateUnbounded<byte[]>(); // A test sends what it sends.
    private long _pongs, _subscribes;

    /// <summary><c>/public/stream</c> or <c>/market/stream</c>.</summary>
    public string Path => path;
    public long Pongs => Interlocked.Read(ref _pongs);

    /// <summary>SUBSCRIBE messages that came.</summary>
    public long Subscribes => Interlocked.Read(ref _subscribes);
    public IEnumerable<string> Streams => _streams.Keys;

    /// <summary>Whether subscriptions are answered, and events sent.</summary>
    public bool IsDeaf { get; init; }

    /// <summary>Answers every subscription with an error.</summary>
    public bool IsRefusing { get; init; }

    /// <summary>Sends it no more, and says nothing of it.</summary>
    public void Forget(string name) => _streams.TryRemove(name, out _);

    public bool Wants(string name) => _streams.ContainsKey(name);

    public void Send(string text) => _outbox.Writer.TryWrite(Frame(Last | Text, Encoding.UTF8.GetBytes(text)));

    /// <summary>Frames as <see cref="FrameOf"/> makes them, as many as there are.</summary>
    public void SendFrames(byte[] frames) => _outbox.Writer.TryWrite(frames);

    public static byte[] FrameOf(byte[] payload) => Frame(Last | Text, payload);

    public void SendBytes(byte[] payload) => _outbox.Writer.TryWrite(Frame(Last | Text, payload));

    /// <summary>The beginning of a frame, then the end of the connection.</summary>
    public void SendHalf(string text)
    {
        var frame = Frame(Last | Text, Encoding.UTF8.GetBytes(text));
        _outbox.Writer.TryWrite(frame[..(frame.Length / 2)]);
        _outbox.Writer.TryWrite([]);
    }

    public void SendPing() => _outbox.Writer.TryWrite(Frame(Last | Ping, "ping"u8.ToArray()));

    public void Close(int code, string reason)
    {
        var payload = new byte[2 + reason.Length];
        BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)code);
        Encoding.ASCII.GetBytes(reason, payload.AsSpan(2));
        _outbox.Writer.TryWrite(Frame(Last | Closing, payload));
    }

    /// <summary>As when a cable is pulled.</summary>
    public void Abort()
    {
        try
        {
            abort();
        }
        catch (ObjectDisposedException)
        {
            // The client has gone already.
        }
    }

    public async Task RunAsync(CancellationToken cancellation)
    {
        var writing = WriteAsync(cancellation);
        try
        {
            while (await ReadFrameAsync(cancellation) is (var opcode, var payload))
            {
                if (opcode == Text) Hear(payload);
                else if (opcode == Pong) Interlocked.Increment(ref _pongs);
                else if (opcode == Ping) _outbox.Writer.TryWrite(Frame(Last | Pong, payload));
                else if (opcode == Closing) break;
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The client has gone.
        }
        _outbox.Writer.TryComplete();
        await writing;
    }

    private void Hear(byte[] payload)
    {
        using var message = JsonDocument.Parse(payload);
        var id = message.RootElement.GetProperty("id").GetInt64();
        Interlocked.Increment(ref _subscribes);
        if (IsDeaf) return;
        if (IsRefusing)
        {
            Send($$"""{"code":2,"msg":"Invalid request: unknown stream","id":{{id}}}""");
            return;
        }
        foreach (var name in message.RootElement.GetProperty("params").EnumerateArray()) _streams[name.GetString()!] = true;
        Send($$"""{"result":null,"id":{{id}}}""");
    }

    private async Task WriteAsync(CancellationToken cancellation)
    {
        try
        {
            await foreach (var frame in _outbox.Reader.ReadAllAsync(cancellation))
            {
                if (frame.Length == 0)
                {
                    abort();
                    return;
                }
                await stream.WriteAsync(frame, cancellation);
                await stream.FlushAsync(cancellation);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // The client has gone.
        }
    }

    private async Task<(int Opcode, byte[] Payload)?> ReadFrameAsync(CancellationToken cancellation)
    {
        var head = new byte[2];
        if (await stream.ReadAtLeastAsync(head, 2, throwOnEndOfStream: false, cancellation) < 2) return null;
        var length = head[1] & 0x7F;
        if (length == 126)
        {
            var more = new byte[2];
            await stream.ReadExactlyAsync(more, cancellation);
            length = BinaryPrimitives.ReadUInt16BigEndian(more);
        }
        var mask = new byte[4];
        await stream.ReadExactlyAsync(mask, cancellation);
        var payload = new byte[length];
        await stream.ReadExactlyAsync(payload, cancellation);
        for (var i = 0; i < length; i++) payload[i] ^= mask[i & 3];
        return (head[0] & 0xF, payload);
    }

    private static byte[] Frame(byte first, byte[] payload)
    {
        var head = payload.Length switch { < 126 => 2, <= ushort.MaxValue => 4, _ => 10 };
        var frame = new byte[head + payload.Length];
        frame[0] = first;
        frame[1] = (byte)(head == 2 ? payload.Length : head == 4 ? 126 : 127);
        if (head == 4) BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), (ushort)payload.Length);
        if (head == 10) BinaryPrimitives.WriteInt64BigEndian(frame.AsSpan(2), payload.Length);
        payload.CopyTo(frame, head);
        return frame;
    }
}
