using Dolphin.Node.Running;

namespace Dolphin.Node.Tests.Venue;

public sealed class VenueSetupStories
{
    [Theory(DisplayName = "A bar that the exchange cannot play is refused before anything is started")]
    [InlineData(0.0)]
    [InlineData(1.0)]
    [InlineData(3.0)]
    [InlineData(4.5)]
    [InlineData(7 * 3_600_000.0)]
    [InlineData(16 * 3_600_000.0)]
    public void Refused(double milliseconds) =>
        Assert.Contains("expected 4 ms to 8 h", VenueSetup.Objection(TimeSpan.FromMilliseconds(milliseconds)), StringComparison.Ordinal);

    [Theory(DisplayName = "From four milliseconds to eight hours it plays what goes into eight hours")]
    [InlineData(4.0)]
    [InlineData(250.0)]
    [InlineData(60_000.0)]
    [InlineData(8 * 3_600_000.0)]
    public void Played(double milliseconds) => Assert.Null(VenueSetup.Objection(TimeSpan.FromMilliseconds(milliseconds)));
}
