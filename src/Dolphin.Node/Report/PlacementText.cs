using System.Globalization;
using Dolphin.Node.Screen;

namespace Dolphin.Node.Report;

/// <summary>What <c>dolphin book place</c> prints.</summary>
internal static class PlacementText
{
    public static void Write(TextWriter output, PlacementReport report)
    {
        output.WriteLine($"{string.Join(' ', report.Data)}: {report.Symbol} from {Figures.Time(report.From)} to {Figures.Time(report.To)}");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{report.Quantity} each {report.Every.TotalSeconds:0.###} s, maker fee {report.MakerFee.Value:0.##} bp, taker fee {report.TakerFee.Value:0.##} bp, {report.Outbound.TotalMilliseconds:0} ms there and {report.Inbound.TotalMilliseconds:0} ms back; what has not filled in time is {(report.MayTake ? "taken" : "left")}"));
        output.WriteLine();
        var table = new PlainTable(
            ("", false), ("placements", true), ("orders", true), ("filled", true), ("maker", true), ("cost bp", true), ("price bp", true), ("fee bp", true), ("+- bp", true), ("seconds", true),
            ("against 1 s", true), ("5 s", true), ("30 s", true));
        foreach (var arm in report.Arms)
        {
            table.Add(
                arm.Name, Figures.Count(arm.Placements), Figures.Count(arm.Orders), Share(arm.Filled), Share(arm.Maker), Bp(arm.CostBps), Bp(arm.PriceBps), Bp(arm.FeeBps),
                arm.SpreadOfCostBps.ToString("0.00", CultureInfo.InvariantCulture), arm.Seconds.ToString("0.0", CultureInfo.InvariantCulture), Bp(arm.AgainstBps[0]), Bp(arm.AgainstBps[1]), Bp(arm.AgainstBps[2]));
        }

        table.Write(output);
        output.WriteLine();
        var queues = new PlainTable(("orders at the best price, expected to fill", false), ("orders", true), ("filled", true), ("moved", true), ("time up", true), ("expected s", true), ("came s", true));
        foreach (var row in report.Queues)
            queues.Add(row.Expected, Figures.Count(row.Orders), Figures.Count(row.Filled), Figures.Count(row.Moved), Figures.Count(row.TimeUp), Seconds(row.ExpectedSeconds), Seconds(row.Seconds));
        queues.Write(output);
        output.WriteLine();
        if (report.Unended > 0) output.WriteLine($"{Figures.Count(report.Unended)} placements were under way when the recording ended; they are in no figure.");
        output.WriteLine("cost: price and fee of what was filled, against the middle when it was decided; above zero is paid. against: how far the middle went against a fill afterwards.");
        output.WriteLine("expected: the lots ahead when the placer first saw it in its queue, and its own, at the rate at which the other side took then; seconds are means of those that filled.");
        output.WriteLine("Nobody in a recording reacts to our orders, and what they take stands there again: small quantities are judged well, large ones too kindly.");
    }

    private static string Seconds(double? seconds) => seconds?.ToString("0.0", CultureInfo.InvariantCulture) ?? "-";
    private static string Share(double share) => share.ToString("0.0 %", CultureInfo.InvariantCulture);
    private static string Bp(double bps) => bps.ToString("+0.00;-0.00;0.00", CultureInfo.InvariantCulture);
}
