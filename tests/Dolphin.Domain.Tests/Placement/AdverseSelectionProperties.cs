using Dolphin.Domain.Placement;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Domain.Tests.Placement;

public sealed class AdverseSelectionProperties
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 5, 12, 0, 0, TimeSpan.Zero);

    [Fact(DisplayName = "What is expected lies between nothing and the worst that happened, and with time it comes back to nothing")]
    public void Between() => Prop.ForAll(
        (from bps in Gen.Choose(-300, 300) from lots in Gen.Choose(1, 500) from seconds in Gen.Choose(0, 120) select (bps / 10d, lots, seconds)).NonEmptyListOf().ToArbitrary(), fills =>
        {
            var (adverse, at) = (default(AdverseSelection), Noon);
            foreach (var (bps, lots, seconds) in fills) adverse = adverse.After(bps, lots, at = at.AddSeconds(seconds));
            Assert.InRange(adverse.ExpectedAt(at), Math.Min(0, fills.Min(f => f.Item1)) - 1e-9, Math.Max(0, fills.Max(f => f.Item1)) + 1e-9);
            Assert.True(Math.Abs(adverse.ExpectedAt(at.AddMinutes(1))) <= Math.Abs(adverse.ExpectedAt(at)));
            Assert.Equal(0, adverse.ExpectedAt(at.AddHours(3)), 1e-3);
            Assert.Equal(adverse.ExpectedAt(at), adverse.ExpectedAt(at.AddHours(-1)));
        }).Check(Draws.Same(200));

    [Fact(DisplayName = "A few bad fills are doubted; a hundred of them are believed, and forgotten when others follow")]
    public void Believed()
    {
        var adverse = default(AdverseSelection);
        Assert.Equal(0, adverse.ExpectedAt(Noon));
        for (var i = 0; i < 3; i++) adverse = adverse.After(10, 100, Noon);
        Assert.InRange(adverse.ExpectedAt(Noon), 2, 2.5);
        for (var i = 0; i < 100; i++) adverse = adverse.After(10, 100, Noon);
        Assert.InRange(adverse.ExpectedAt(Noon), 8, 9);
        for (var i = 0; i < 200; i++) adverse = adverse.After(-1, 100, Noon);
        Assert.InRange(adverse.ExpectedAt(Noon), -1, 0);
    }

    [Theory(DisplayName = "What is no number, or of no size, is the caller's fault")]
    [InlineData(double.NaN, 1)]
    [InlineData(double.PositiveInfinity, 1)]
    [InlineData(1, 0)]
    public void Refused(double bps, long lots) => Assert.Throws<ArgumentOutOfRangeException>(() => default(AdverseSelection).After(bps, lots, Noon));
}
