using Dolphin.Venues.Remote;

namespace Dolphin.Venues.Tests.Remote;

/// <summary>Where a venue is said to be.</summary>
public sealed class RemoteAddressStories
{
    [Theory(DisplayName = "An address is a WebSocket's, with nothing behind the port")]
    [InlineData("ws://127.0.0.1:7788", true)]
    [InlineData("wss://venue.example", true)]
    [InlineData("http://127.0.0.1:7788", false)]
    [InlineData("127.0.0.1:7788", false)]
    [InlineData("ws://127.0.0.1:7788/orders", false)]
    [InlineData("ws://ada:secret@127.0.0.1:7788", false)]
    [InlineData("", false)]
    public void Parses(string text, bool good) => Assert.Equal(good, RemoteAddress.TryParse(text, null) is not null);

    [Fact(DisplayName = "In a log it stands without its secret")]
    public void Keeps_its_secret() => Assert.Equal("ws://10.0.0.5:7788", RemoteAddress.TryParse("ws://10.0.0.5:7788", "canary-secret-1234")!.ToString());
}
