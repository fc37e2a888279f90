using System.Globalization;
using Dolphin.Domain.Forewarning;
using Dolphin.Node.Screen;

namespace Dolphin.Node.Report;

/// <summary>What <c>dolphin forewarn</c> prints.</summary>
internal static class ForewarnText
{
    /// <summary>Parameters that are shown; the others pull less.</summary>
    private const int MostParameters = 8;

    public static void Write(TextWriter output, ForewarnPicture picture)
    {
        var p = picture;
        output.WriteLine($"{p.Plan} on {p.Market}: {Strategies(p.Strategies)}, {Figures.Count(p.Symbols)} symbols");
        output.WriteLine($"{Figures.Count(p.Returns)} returns of {Figures.Span(p.Interval.TotalSeconds)}, volatility {Figures.Percent(p.VolatilityPerRootHour)} per root hour; "
            + $"from them {Figures.Count(p.Paths)} paths of {Figures.Span(p.PathLength.TotalSeconds)}, up to {Number(p.HighestScale)} times as wild and with jumps. Seed {p.Seed}.");
        if (p.Length < p.PathLength) output.WriteLine($"The market is {Figures.Span(p.Length.TotalSeconds)} long, less than one path: what it has not shown in that time is in none of them.");
        output.WriteLine();
        new PlainTable(("trials", true), ("catastrophes", true), ("", true), ($"drawdown >= {Share(p.Rule.Drawdown)}", true), ($"loss >= {Share(p.Rule.Loss)}", true),
                ($"liquidation within {Share(p.Rule.LiquidationDistance)}", true))
            .Add(Figures.Count(p.Trials), Figures.Count(p.Catastrophes.All), Figures.Percent((double)p.Catastrophes.All / p.Trials), Figures.Count(p.Catastrophes.Drawdown),
                Figures.Count(p.Catastrophes.Loss), Figures.Count(p.Catastrophes.NearLiquidation))
            .Write(output);
        output.WriteLine();
        output.WriteLine($"Envelope: nu {Number(p.Nu)}, gamma {Number(p.Gamma)}, {Figures.Count(p.Supports)} supports. Of {Figures.Count(p.Proof.Catastrophes)} catastrophes that it has not seen it calls "
            + $"{Figures.Percent(p.Proof.Recall)} outside, of {Figures.Count(p.Proof.Others)} others {Figures.Percent(p.Proof.FalseAlarm)}.");
        output.WriteLine(p.Objection is { } objection ? $"NOT PROVEN: {objection.Reason}" : "Proven: it may serve.");
        output.WriteLine();
        output.WriteLine($"{p.Score.Band.ToString().ToUpperInvariant()}: {Position(p)}");
        if (p.Score.Beyond is { } beyond) output.WriteLine($"{beyond.Key} is outside what was tried, {Number(beyond.Lower)} to {Number(beyond.Upper)}.");
        output.WriteLine(p.LeverageCap is { } cap
            ? $"Leverage {Figures.Times(p.Leverage)} is cut to {Figures.Times(cap)}."
            : $"Leverage {Figures.Times(p.Leverage)} is not cut.");
        output.WriteLine($"The plan's own parameters on all {Figures.Count(p.Alone.Paths)} paths: {Figures.Count(p.Alone.Catastrophes)} catastrophes, drawdown at most {Figures.Percent(p.Alone.Drawdown)}, "
            + $"liquidation never nearer than {Figures.Percent(p.Alone.LiquidationDistance)} of the price.");
        output.WriteLine();
        var parameters = new PlainTable(("parameter", false), ("value", true), ("of its range", true), ("relevance", true), ("a tenth more", true));
        foreach (var axis in p.Parameters.Take(MostParameters))
            parameters.Add(axis.Key, Value(axis.Value), Share(axis.Place), Number(axis.Relevance), Change(axis.Slope / 10));
        parameters.Write(output);
        output.WriteLine($"a tenth more: what a tenth of the range adds to the decision value, {Number(p.Score.DecisionValue)} now; below zero is outside.");
        if (p.WayBack is not { } way) return;
        output.WriteLine();
        output.WriteLine("The way back:");
        var moves = new PlainTable(("parameter", false), ("from", true), ("to", true));
        foreach (var move in way.Moves) moves.Add(move.Key, Value(move.From), Value(move.To));
        moves.Write(output);
        output.WriteLine($"There it is {way.Arrival.Band.ToString().ToUpperInvariant()}, {Distance(way.Arrival.Distance)} {Side(way.Arrival.Distance)} (judged again).");
    }

    private static string Position(ForewarnPicture p) =>
        $"{p.Worst} is {Distance(p.Score.Distance)} of the parameters' ranges {Side(p.Score.Distance)}{(p.Symbols > 1 ? "; no other symbol is worse" : "")}. GREEN begins {Distance(p.Margin)} inside.";

    private static string Side(double distance) => distance > 0 ? "inside" : "outside";

    private static string Distance(double distance) =>
        Math.Abs(distance) >= SafetyEnvelope.Farthest ? "at least the whole" : Figures.Percent(Math.Abs(distance));

    private static string Strategies(TradedStrategies strategies) => string.Join(", ", new[]
    {
        (TradedStrategies.Hedging, "band-limited hedging"), (TradedStrategies.Compression, "hedge compression"), (TradedStrategies.Protection, "exposure protector"),
    }.Where(s => strategies.HasFlag(s.Item1)).Select(s => s.Item2));

    private static string Share(double share) => share.ToString("0 %", CultureInfo.InvariantCulture);
    private static string Number(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);
    private static string Change(double value) => value.ToString("+0.00;-0.00;0.00", CultureInfo.InvariantCulture);
    private static string Value(decimal value) => value.ToString("0.######", CultureInfo.InvariantCulture);
}
