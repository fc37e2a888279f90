using System.Collections.Immutable;
using System.Globalization;
using Dolphin.Domain.Balancing;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.Tests.Balancing;

/// <summary>Short words for portfolios, and an executor that does exactly what it is told.</summary>
internal static class BalancerStage
{
    public static readonly BalancerPolicy Default = PolicyOf(BalancerSettings.Default);

    public static BalancerPolicy PolicyOf(BalancerSettings settings)
    {
        var errors = new List<string>();
        return BalancerPolicy.Create(settings, "balancer", errors) ?? throw new InvalidOperationException(string.Join('\n', errors));
    }

    public static DateTimeOffset At(double seconds) => new DateTimeOffset(2026, 1, 5, 9, 0, 0, TimeSpan.Zero).AddSeconds(seconds);

    public static PortfolioSnapshot Portfolio(decimal? total, double? confidence, double? divergence, params ReadOnlySpan<(string Symbol, decimal Margin)> positions) =>
        Of(total, confidence, divergence, [.. positions.ToArray().Select(p => PortfolioPosition.OfMargin(new Symbol(p.Symbol), new Money(p.Margin)))]);

    public static PortfolioSnapshot Legs(decimal total, double divergence, params ReadOnlySpan<(string Symbol, decimal Long, decimal Short)> positions) =>
        Of(total, 1.0, divergence, [.. positions.ToArray().Select(p => PortfolioPosition.OfLegs(new Symbol(p.Symbol), new Money(p.Long), new Money(p.Short)))]);

    private static PortfolioSnapshot Of(decimal? total, double? confidence, double? divergence, ImmutableArray<PortfolioPosition> positions) =>
        new(total is { } t ? new Money(t) : null, positions, confidence, divergence, At(0));

    public static Assessment Assess(PortfolioSnapshot snapshot, BalancerPolicy? policy = null, BalancerChecks due = BalancerChecks.All) =>
        ExposureAssessor.Assess(policy ?? Default, snapshot, due, WishBook.Empty, CommandsUnderWay.None, cut: WishBook.Empty, stuck: WishBook.Empty, partedWith: null, lastId: 0, snapshot.At);

    /// <summary>The look after <paramref name="first"/>, when of its commands <paramref name="done"/> were carried out: it knows what was cut and hedged, and what was used when prices parted.</summary>
    public static Assessment Again(this PortfolioSnapshot snapshot, Assessment first, IEnumerable<BalancerCommand> done, BalancerPolicy? policy = null, BalancerChecks due = BalancerChecks.All)
    {
        var cut = done.Where(c => c is { Grows: false, Hedge: null or { Close.Quote: > 0m } }).Aggregate(WishBook.Empty, (book, c) => book.With(c));
        var wished = done.Where(c => c.Opens).Aggregate(WishBook.Empty, (book, c) => book.With(c));
        return ExposureAssessor.Assess(policy ?? Default, snapshot.After(done), due, wished, CommandsUnderWay.None, cut, stuck: WishBook.Empty, first.PartedWith, lastId: 0, snapshot.At);
    }

    /// <summary>Commands as somebody would note them down: <c>reduce_margin BNBUSDT 1500 -> 500</c>.</summary>
    public static IEnumerable<string> Told(this IEnumerable<BalancerCommand> commands) => commands.Select(c => c switch
    {
        { Action: BalancerAction.Expand } => $"expand {c.NewSymbols} x {Text(c.TargetSize)}",
        { Hedge: { } hedge } => $"hedge {c.Symbol} {hedge.Side?.ToString().ToLowerInvariant() ?? "opposite"} +{Text(hedge.Open)} -{Text(hedge.Close)}{(hedge.Venue is null ? "" : " at " + hedge.Venue)}",
        _ => $"{c.Action.Word()} {c.Symbol} {Text(c.TargetSize - c.Change)} -> {Text(c.TargetSize)}",
    });

    public static IEnumerable<BalancerCommand> Of(this Assessment assessment, BalancerAction action) => assessment.Commands.Where(c => c.Action == action);

    public static PortfolioSnapshot After(this PortfolioSnapshot snapshot, IEnumerable<BalancerCommand> commands)
    {
        var held = snapshot.Positions!.Value.ToDictionary(p => p.Symbol.Name, p => p, StringComparer.Ordinal);
        foreach (var command in commands)
        {
            if (command.Action == BalancerAction.Expand)
            {
                for (var i = 0; i < command.NewSymbols; i++)
                    held.Add($"NEW{i}", PortfolioPosition.OfLegs(new Symbol($"NEW{i}"), command.TargetSize * 0.5m, command.TargetSize * 0.5m));
                continue;
            }
            var position = held[command.Symbol!.Value.Name];
            held[position.Symbol.Name] = command.Hedge is { } hedge ? Hedged(position, command.TargetSize, hedge) : Resized(position, command.TargetSize);
        }
        return snapshot with { Positions = [.. held.Values.OrderBy(p => p.Symbol.Name, StringComparer.Ordinal)] };
    }

    private static PortfolioPosition Resized(PortfolioPosition position, Money to)
    {
        var net = position.Net?.Quote ?? position.Margin.Quote;
        var cut = Math.Max(0m, position.Margin.Quote - to.Quote);
        return position with { Margin = to, Net = new Money(Math.Sign(net) * Math.Max(0m, Math.Abs(net) - cut)) };
    }

    private static PortfolioPosition Hedged(PortfolioPosition position, Money opposite, HedgeOrder hedge) => (position.Net?.Quote ?? 1m) > 0m
        ? PortfolioPosition.OfLegs(position.Symbol, hedge.HeldTarget, opposite)
        : PortfolioPosition.OfLegs(position.Symbol, opposite, hedge.HeldTarget);

    public static string Text(Money money) => money.Quote.ToString("0.##", CultureInfo.InvariantCulture);
}
