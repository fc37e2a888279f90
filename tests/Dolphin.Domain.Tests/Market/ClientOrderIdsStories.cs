using System.Text.RegularExpressions;
using Dolphin.Domain.Market;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Domain.Tests.Market;

public sealed partial class ClientOrderIdsStories
{
    [GeneratedRegex("^[.A-Z:/a-z0-9_-]{1,36}$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex VenuePattern { get; }

    [Fact(DisplayName = "The same decision has the same id for ever")]
    public void Stable()
    {
        Assert.Equal("hedge-BTCUSDT.1zL.3", ClientOrderIds.For("hedge-BTCUSDT", 71, PositionSide.Long, epoch: 3).Value);
        // Pinned: an id that changed with the code would be asked about in vain after an upgrade.
        Assert.Equal("hedge-ge_" + ClientOrderIds.TagOf("hedge-geçmiş币USDT")[9..], ClientOrderIds.TagOf("hedge-geçmiş币USDT"));
        Assert.Equal(ClientOrderIds.For("hedge-币安人生USDT", 1, PositionSide.Short), ClientOrderIds.For("hedge-币安人生USDT", 1, PositionSide.Short));
    }

    [Fact(DisplayName = "Names that begin alike or are not ASCII stay apart")]
    public void Apart()
    {
        var names = new[] { "hedge-币安人生USDT", "hedge-币安USDT", "hedge-1000000MOGUSDT", "hedge-1000000BOBUSDT", "hedge-BTCUSDT", "币" };
        Assert.Equal(names.Length, names.Select(ClientOrderIds.TagOf).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact(DisplayName = "Every id fits the venue and says what it names")]
    public void FitsAndParses() => Prop.ForAll(
        (from id in ArbMap.Default.GeneratorFor<NonEmptyString>()
         from sequence in Gen.OneOf(Gen.Choose(0, int.MaxValue).Select(x => (long)x), Gen.Constant(ClientOrderIds.MaxSequence))
         from epoch in Gen.OneOf(Gen.Choose(0, int.MaxValue).Select(x => (long)x), Gen.Constant(ClientOrderIds.MaxEpoch))
         from leg in Gen.Elements(PositionSide.Long, PositionSide.Short)
         select (id.Get, sequence, epoch, leg)).ToArbitrary(),
        x =>
        {
            var id = ClientOrderIds.For(x.Get, x.sequence, x.leg, x.epoch);
            return VenuePattern.IsMatch(id.Value)
                && ClientOrderIds.TryParse(id, out var name)
                && name == new ClientOrderName(ClientOrderIds.TagOf(x.Get), x.sequence, x.leg, x.epoch);
        }).QuickCheckThrowOnFailure();

    [Fact(DisplayName = "Of several orders for a leg each has an id of its own, which fits the venue and says which it is")]
    public void Parts() => Prop.ForAll(
        (from id in ArbMap.Default.GeneratorFor<NonEmptyString>()
         from sequence in Gen.OneOf(Gen.Choose(0, int.MaxValue).Select(x => (long)x), Gen.Constant(ClientOrderIds.MaxSequenceOfParts))
         from part in Gen.Choose(1, ClientOrderIds.MaxPart)
         from leg in Gen.Elements(PositionSide.Long, PositionSide.Short)
         select (id.Get, sequence, part, leg)).ToArbitrary(),
        x =>
        {
            var id = ClientOrderIds.ForPart(x.Get, x.sequence, x.leg, x.part, ClientOrderIds.MaxEpoch);
            return VenuePattern.IsMatch(id.Value)
                && ClientOrderIds.TryParse(id, out var name)
                && name == new ClientOrderName(ClientOrderIds.TagOf(x.Get), x.sequence, x.leg, ClientOrderIds.MaxEpoch, x.part)
                && id != ClientOrderIds.For(x.Get, x.sequence, x.leg, ClientOrderIds.MaxEpoch);
        }).QuickCheckThrowOnFailure();

    [Theory(DisplayName = "An id that is not ours is recognised as such")]
    [InlineData("autoclose-1746372780000")]
    [InlineData("adl_autoclose")]
    [InlineData("x.1L")]
    [InlineData("x.1X.0")]
    [InlineData("x.L.0")]
    [InlineData("x.!L.0")]
    [InlineData("x.1L.zzzzzzz")]
    [InlineData(".1L.0")]
    [InlineData("x.1L0.0")]
    [InlineData("x.1Lzzz.0")]
    [InlineData("x.1LL.0")]
    public void Foreign(string id) => Assert.False(ClientOrderIds.TryParse(new ClientOrderId(id), out _));

    [Fact(DisplayName = "A sequence or epoch that would not fit is refused, not cut")]
    public void TooLarge()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => ClientOrderIds.For("a", ClientOrderIds.MaxSequence + 1, PositionSide.Long));
        Assert.Throws<ArgumentOutOfRangeException>(() => ClientOrderIds.For("a", 1, PositionSide.Long, ClientOrderIds.MaxEpoch + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ClientOrderIds.ForPart("a", 1, PositionSide.Long, ClientOrderIds.MaxPart + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ClientOrderIds.ForPart("a", ClientOrderIds.MaxSequenceOfParts + 1, PositionSide.Long, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ClientOrderIds.For("a", -1, PositionSide.Long));
        Assert.Throws<ArgumentException>(() => ClientOrderIds.For("", 1, PositionSide.Long));
    }
}
