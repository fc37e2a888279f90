using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Dolphin.Data;

/// <summary>How a market's fingerprint is fed: integers little-endian in eight bytes, texts as UTF-8 after their length, so that nothing runs together.</summary>
internal static class FingerprintHash
{
    public static void Add(this IncrementalHash hash, long value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        hash.AppendData(bytes);
    }

    public static void Add(this IncrementalHash hash, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        hash.Add(bytes.Length);
        hash.AppendData(bytes);
    }
}
