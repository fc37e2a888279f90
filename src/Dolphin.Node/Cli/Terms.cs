using System.Collections.Immutable;
using System.Globalization;
using Dolphin.Node.Hocon;
using Dolphin.Venues.Paper;

namespace Dolphin.Node.Cli;

/// <summary>The venue's terms that a plan is judged under: its own, or harder ones.</summary>
/// <param name="Name">As the table has it.</param>
/// <param name="Words">What is laid over the plan; null for its own terms. Whatever follows the venue's fee in the plan follows it here too, as the
/// strategies' own reckoning does: they know what they are charged.</param>
internal sealed record Terms(string Name, Func<PaperPolicy, string>? Words)
{
    public static readonly ImmutableArray<Terms> All =
    [
        new("as planned", null),
        new("fees x2", venue => string.Create(CultureInfo.InvariantCulture,
            $"dolphin.venue.paper {{ maker-fee = {Doubled(venue.MakerFee)}, taker-fee = {Doubled(venue.TakerFee)}, liquidation-fee = {Doubled(venue.LiquidationFee)} }}")),
        new("fills halved", venue => string.Create(CultureInfo.InvariantCulture, $"dolphin.venue.paper.fill-fraction = {venue.FillFraction / 2m}")),
    ];

    public HoconLayer? Over(PaperPolicy venue) => Words is null ? null : HoconWords.Layer(Name, Words(venue));

    // A rebate is no charge: doubled it would be a gift.
    private static decimal Doubled(decimal fee) => fee > 0m ? 2m * fee : fee;
}
