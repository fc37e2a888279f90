using System.Text;

namespace Dolphin.EngineTests.Persistence;

public sealed class RowChecksumStories
{
    [Theory(DisplayName = "The checksum is XXH64 as others compute it")]
    [InlineData("", 0xEF46DB3751D8E999)]
    [InlineData("a", 0xD24EC4F1A98C6E5B)]
    [InlineData("abc", 0x44BC2CF5AD770999)]
    [InlineData("Nobody inspects the spammish repetition", 0xFBCEA83C8A378BF1)]
    public void Known_values(string text, ulong expected) => Assert.Equal(expected, RowChecksum.Of(Encoding.ASCII.GetBytes(text), seed: 0));

    [Fact(DisplayName = "Whatever a row holds takes part in its checksum, and so does the row before it")]
    public void Covers_everything()
    {
        ulong[] all =
        [
            RowChecksum.OfEvent(1, 2, 3, 4, "m"u8, "bytes"u8),
            RowChecksum.OfEvent(9, 2, 3, 4, "m"u8, "bytes"u8),
            RowChecksum.OfEvent(1, 9, 3, 4, "m"u8, "bytes"u8),
            RowChecksum.OfEvent(1, 2, 9, 4, "m"u8, "bytes"u8),
            RowChecksum.OfEvent(1, 2, 3, 9, "m"u8, "bytes"u8),
            RowChecksum.OfEvent(1, 2, 3, 4, "n"u8, "bytes"u8),
            RowChecksum.OfEvent(1, 2, 3, 4, "m"u8, "bytez"u8),
            RowChecksum.OfEvent(1, 2, 3, 4, "mb"u8, "ytes"u8),
        ];
        Assert.Equal(all.Length, all.Distinct().Count());
    }
}
