using System.Collections.Immutable;
using Dolphin.Domain;
using Dolphin.Domain.Compression;
using Dolphin.Domain.Reporting;
using Dolphin.Node.Screen;

namespace Dolphin.Node.Report;

/// <summary>Where the money of hedge compression came from: locked loss released, swing gains and costs apart, their sum, and what is still locked.</summary>
internal static class CompressionText
{
    /// <summary>A row for each asset, and where there are several one for all.</summary>
    public static void Write(TextWriter output, ImmutableArray<CompressionFace> faces)
    {
        var table = new PlainTable(
            ("hedge compression", false), ("mode", false), ("swings", true), ("released", true), ("swing gains", true), ("costs", true), ("P&L", true), ("locked left", true));
        foreach (var f in faces) Add(f.Symbol.Name, f.Mode.ToString(), f.Swings, f.LockedLossReleased, f.SwingGains, f.Costs, f.Pnl, f.LockedLossLeft);
        if (faces.Length > 1)
        {
            Add("all", "", faces.Sum(f => f.Swings), Sum(faces, f => f.LockedLossReleased), Sum(faces, f => f.SwingGains), Sum(faces, f => f.Costs), Sum(faces, f => f.Pnl),
                Sum(faces, f => f.LockedLossLeft));
        }
        table.Write(output);

        void Add(string name, string mode, long swings, Money released, Money gains, Money costs, Money pnl, Money left) => table.Add(
            name, mode, Figures.Count(swings), Figures.Change(released), Figures.Change(gains), Figures.Amount(costs), Figures.Change(pnl), Figures.Change(left));
    }

    /// <summary>All of them in one line of a screen: how many hold legs, the sum and its three parts, and what is still locked.</summary>
    public static string Line(ImmutableArray<CompressionFace> faces) =>
        $"compression {faces.Count(f => f.Mode == CompressionMode.Active)}/{faces.Length}  P&L {Figures.Change(Sum(faces, f => f.Pnl))}: released {Figures.Change(Sum(faces, f => f.LockedLossReleased))} "
        + $"swings {Figures.Change(Sum(faces, f => f.SwingGains))} costs {Figures.Amount(Sum(faces, f => f.Costs))}  left {Figures.Change(Sum(faces, f => f.LockedLossLeft))}";

    private static Money Sum(ImmutableArray<CompressionFace> faces, Func<CompressionFace, Money> amount) => faces.Aggregate(Money.Zero, (sum, f) => sum + amount(f));
}
