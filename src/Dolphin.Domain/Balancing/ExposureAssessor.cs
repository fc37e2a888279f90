using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.Balancing;

/// <summary>The five checks and what each asks for. Same portfolio, same limits: same commands, to the last digit.</summary>
/// <remarks>
/// <para>Every check works on what the commands before it leave, in the order margin overload, symbol exposure, divergence, diversification, symbol
/// weight: what is held is protected before more is opened. After all commands of an assessment no check that acted is breached any more, unless by
/// symbols that no command may name: those whose price is old or that nobody holds, those that could not be cut of late, and those of which an earlier command is under way. Of the latter what
/// will be left counts. What a check leaves alone it notes.</para>
/// <para>Weights: what overweight symbols free goes to others, or nothing is freed. Cut without anybody who takes it a portfolio would become smaller with every look: the average falls
/// with the cut, and the next symbol is above it. A symbol is asked to grow once an hour at most, and not cut for its weight in the hour after: where others declined their part the
/// average has fallen, and what was just given would be taken back. The other way round, what a command has cut is not grown in the hour after: what overload leaves of the smallest positions
/// is far below the average, and would be given back what was just taken.</para>
/// <para>Divergence: what of it would be felt is divergence x net / used margin, where net is what is not covered by an opposite leg. A portfolio
/// on one side feels all of it. Hedges open so much of the opposite leg, where it grows when asked and on the largest net first, that what is felt comes down to the
/// threshold. None grows a symbol beyond the target utilisation, the target exposure and the weight at which check 5 would cut it back; what
/// is then still missing is closed of the held leg, again on the largest net first, of symbols before of which nothing is opened: a hedge opens or closes, never both.
/// What was used when hedges were first asked for goes on counting as used until prices are together again. Margin that a hedge has freed feels nothing; left out, a portfolio on one
/// side would feel as much as before whatever is closed, and be closed to the last of it. Net is counted in margin like everything else here: leverage is one for both legs of a symbol, so that within a symbol it is exact.</para>
/// <para>Expansion: each new symbol gets confidence x the smaller of (room up to the target utilisation, shared by all new symbols) and (the target
/// exposure of a symbol), so that sure signals use all the room there is and unsure ones little; and never more than <see cref="BalancerPolicy.BalancedRatio"/> times the average
/// that is then, or check 5 would take it back.</para>
/// <para>Cost: sorts of at most n symbols, everything else once through. No enumerators and no closures inside.</para>
/// </remarks>
public sealed class ExposureAssessor
{
    /// <summary>Quote; targets are rounded to it, always to the side that clears the breach.</summary>
    private const decimal Step = 0.00000001m;
    private const int Decimals = 8;

    private readonly BalancerPolicy _policy;
    private readonly PortfolioDraft _draft;
    private readonly PortfolioSnapshot _snapshot;
    private readonly BalancerChecks _due;
    private readonly WishBook _wished;
    private readonly DateTimeOffset _at;
    private readonly decimal _total, _confidence, _divergence;
    private readonly ImmutableArray<BalancerCommand>.Builder _commands = ImmutableArray.CreateBuilder<BalancerCommand>();
    private readonly ImmutableArray<BalancerAlert>.Builder _alerts = ImmutableArray.CreateBuilder<BalancerAlert>();
    private readonly ImmutableArray<string>.Builder _notes = ImmutableArray.CreateBuilder<string>();
    private long _id;
    private Money? _partedWith;
    private decimal _feltOf; // Quote; what a divergence is felt of, at least.

    private ExposureAssessor(
        BalancerPolicy policy, PortfolioSnapshot snapshot, PortfolioDraft draft, Money total, double confidence, double divergence, BalancerChecks due, WishBook wished, Money? partedWith,
        long lastId, DateTimeOffset at)
    {
        (_policy, _snapshot, _draft, _due, _wished, _partedWith, _id, _at) = (policy, snapshot, draft, due, wished, partedWith, lastId, at);
        // Fifteen digits of a double, so that 0.03 is the 0.03 of the threshold and not a trace above it.
        (_total, _confidence, _divergence) = (total.Quote, (decimal)confidence, (decimal)divergence);
    }

    /// <summary>Judges a portfolio.</summary>
    /// <param name="due">The checks that may act; the others only alert. What they would have done is not reckoned with.</param>
    /// <param name="wished">What was wished for of late; it is not wished for again.</param>
    /// <param name="underWay">What earlier commands will leave.</param>
    /// <param name="cut">What was cut of late; it is not grown.</param>
    /// <param name="stuck">What was to be cut of late, in vain; it counts as it is, and others are cut.</param>
    /// <param name="partedWith">As for <see cref="Assessment.PartedWith"/>, of the look before.</param>
    /// <param name="lastId">The id of the last command of an earlier cycle; ids go on from there.</param>
    /// <param name="at">The time of the commands.</param>
    public static Assessment Assess(BalancerPolicy policy, PortfolioSnapshot snapshot, BalancerChecks due, WishBook wished, CommandsUnderWay underWay, WishBook cut, WishBook stuck, Money? partedWith, long lastId, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(snapshot);
        ArgumentNullException.ThrowIfNull(wished);
        ArgumentNullException.ThrowIfNull(underWay);
        ArgumentNullException.ThrowIfNull(cut);
        ArgumentNullException.ThrowIfNull(stuck);
        if (snapshot.Positions is not { IsDefault: false } positions)
            return Skip("balancing.positions-unavailable", "The open positions are unavailable; expected the margin of every symbol. The cycle is skipped, the next interval tries again.");
        if (snapshot.TotalMargin is not { } total)
            return Skip("balancing.total-margin-unavailable", "The total margin is unavailable; expected used and free margin together. The cycle is skipped, the next interval tries again.");
        if (total.Quote is < PortfolioSnapshot.LeastTotalMargin or > PortfolioSnapshot.HighestMargin)
        {
            return Skip("balancing.total-margin-unusable",
                $"The total margin is {total}; expected {PortfolioSnapshot.LeastTotalMargin} to {PortfolioSnapshot.HighestMargin:0}. The cycle is skipped, the next interval tries again.");
        }
        if (PortfolioDraft.Of(positions, out var refusal) is not { } draft) return new Assessment(null, [], [], [], refusal, null);
        var confidence = IsMeasured(snapshot.Confidence) ? snapshot.Confidence.Value : PortfolioSnapshot.AssumedConfidence;
        var divergence = IsMeasured(snapshot.Divergence) ? snapshot.Divergence.Value : PortfolioSnapshot.AssumedDivergence;
        return new ExposureAssessor(policy, snapshot, draft, total, confidence, divergence, due, wished, partedWith, lastId, at).Run(underWay, cut, stuck, confidence, divergence);
    }

    private static bool IsMeasured([NotNullWhen(true)] double? share) => share is >= 0.0 and <= 1.0;

    private Assessment Run(CommandsUnderWay underWay, WishBook cut, WishBook stuck, double confidence, double divergence)
    {
        var metrics = Measure(confidence, divergence);
        if (metrics.ConfidenceAssumed) _notes.Add($"Confidence is {Found(_snapshot.Confidence)}; {PortfolioSnapshot.AssumedConfidence:0.0} is assumed.");
        if (metrics.DivergenceAssumed) _notes.Add($"Divergence is {Found(_snapshot.Divergence)}; {PortfolioSnapshot.AssumedDivergence:0.0} is assumed.");
        _draft.Expect(underWay, stuck, _at);
        _draft.Hold(cut, stuck, _at);
        CheckMarginOverload(metrics);
        CheckSymbolExposure();
        CheckDivergence(divergence);
        CheckDiversification(metrics.SymbolCount);
        CheckSymbolWeight();
        return new Assessment(metrics, _commands.DrainToImmutable(), _alerts.DrainToImmutable(), _notes.DrainToImmutable(), Skipped: null, _partedWith);
    }

    private PortfolioMetrics Measure(double confidence, double divergence)
    {
        var positions = ImmutableArray.CreateBuilder<PositionMetrics>(_draft.Count);
        var (total, used) = ((double)_total, (double)_draft.Used);
        for (var i = 0; i < _draft.Count; i++)
        {
            var margin = (double)_draft.Margin(i);
            positions.Add(new PositionMetrics(_draft.Symbol(i), new Money(_draft.Margin(i)), margin / total, margin / used));
        }
        return new PortfolioMetrics(
            new Money(_draft.Used), new Money(_total), used / total, _draft.Count, confidence, !IsMeasured(_snapshot.Confidence),
            divergence, !IsMeasured(_snapshot.Divergence), _draft.Count > 0 ? (double)_draft.Net / used : 0.0, positions.MoveToImmutable());
    }

    // Check 1: down to the target, the smallest positions first; the last one only as far as it takes.
    private void CheckMarginOverload(PortfolioMetrics metrics)
    {
        var (limit, target) = (_policy.Settings.MaxMarginUtilisation, _policy.TargetUtilisation);
        if (metrics.UsedMargin.Quote <= limit * _total) return;
        var overload = $"Margin overload: {Percent(metrics.UsedMargin.Quote / _total)} of total margin is used, the limit is {Percent(limit)}";
        _alerts.Add(new BalancerAlert(AlertKind.MarginOverload, metrics.Utilisation, limit, $"{overload}.", _at));
        if (_draft.Used <= limit * _total || !_due.HasFlag(BalancerChecks.MarginOverload)) return;
        // One sentence for all that are closed: there can be hundreds.
        var closed = $"{overload}. Down to {Percent(target)}, smallest positions first: this one is closed.";
        var excess = _draft.Used - target * _total;
        var order = InOrder(new BySize(_draft, Descending: false));
        foreach (var doubted in (ReadOnlySpan<bool>)[false, true]) // Who could not be cut within the hour comes after all others.
        {
            foreach (var i in order)
            {
                if (excess <= 0m) return;
                if (_draft.IsFixed(i) || _draft.IsDoubted(i) != doubted) continue;
                var margin = _draft.Margin(i);
                var left = margin > excess ? Floor(margin - excess) : 0m;
                excess -= margin - left;
                Cut(BalancerAction.ReduceMargin, i, left, left == 0m
                    ? closed
                    : $"{overload}. Down to {Percent(target)}, smallest positions first: this one is the last, and a part of it suffices.");
            }
        }
        if (excess > 0m) _notes.Add($"{overload}. {Quote(excess)} more than the target stays: {NotNow}.");
    }

    private const string NotNow = "the rest is of symbols whose price is old, that nobody holds, that could not be cut of late, or that an earlier command is about to cut";

    // Check 2: what the snapshot shows above the limit is reduced even where check 1 has just cut it, so that either command clears the symbol alone.
    private void CheckSymbolExposure()
    {
        if (!_due.HasFlag(BalancerChecks.SymbolExposure)) return;
        var limit = _policy.Settings.MaxSymbolExposure * _total;
        var over = 0;
        for (var i = 0; i < _draft.Count; i++)
        {
            if (_draft.Before(i) > limit) over++;
        }
        if (over == 0) return;
        var target = Floor(_policy.TargetExposure * _total);
        foreach (var i in InOrder(new BySize(_draft, Descending: true)).AsSpan(0, over))
        {
            if (_draft.Margin(i) == 0m || _draft.IsFixed(i)) continue; // Closed by check 1, or by nobody now.
            var exposure = $"{_draft.Symbol(i)} has {Percent(_draft.Before(i) / _total)} of total margin, the limit is {Percent(_policy.Settings.MaxSymbolExposure)}";
            if (_draft.Margin(i) <= target)
                Cut(BalancerAction.Reduce, i, _draft.Margin(i), $"{exposure}: the margin reduction takes it to {Percent(_draft.Margin(i) / _total)}, where it is to stay.");
            else
                Cut(BalancerAction.Reduce, i, target, $"{exposure}: down to {Percent(_policy.TargetExposure)}.");
        }
    }

    // Check 4.
    private void CheckDivergence(double measured)
    {
        var threshold = _policy.Settings.DivergenceThreshold;
        if (_divergence <= threshold)
        {
            if (IsMeasured(_snapshot.Divergence)) _partedWith = null; // What is only assumed ends nothing.
            return;
        }
        var parted = $"Prices differ by {Percent(_divergence)} between venues, the limit is {Percent(threshold)}";
        _alerts.Add(new BalancerAlert(AlertKind.HighDivergence, measured, threshold, $"{parted}.", _at));
        if (!_due.HasFlag(BalancerChecks.Divergence)) return;
        _feltOf = Math.Max(_partedWith?.Quote ?? 0m, _draft.Used);
        if (!FeelsTooMuch())
        {
            _notes.Add(_draft.Held == 0
                ? $"{parted}; no hedge, because no position is held."
                : $"{parted}; no hedge, because only {Percent(_draft.Net / FeltOf(_draft.Used))} of the used margin is net, and {Percent(_divergence * _draft.Net / FeltOf(_draft.Used))} would be felt.");
            return;
        }
        var order = Array.FindAll(InOrder(new ByNet(_draft)), i => !_draft.IsFixed(i));
        var (open, close, opens) = (new decimal[_draft.Count], new decimal[_draft.Count], new bool[_draft.Count]);
        for (var i = 0; i < opens.Length; i++) opens[i] = _draft.MayGrow(i);
        foreach (var i in order)
        {
            if (!FeelsTooMuch() || _draft.Taken >= _policy.TargetUtilisation * _total) break;
            if (opens[i]) _draft.Hedge(i, open[i] = EnoughToOpen(i), close: 0m);
        }
        foreach (var i in order)
            if (open[i] == 0m) Close(i);
        foreach (var i in order)
            if (open[i] > 0m) Close(i);
        IssueHedges(order, open, close, opens, parted);
        if (FeelsTooMuch()) _notes.Add($"{parted}; more than that is still felt: {NotNow}.");

        void Close(int i)
        {
            if (!FeelsTooMuch()) return;
            // A holder does the one or the other.
            _draft.Hedge(i, -open[i], close: 0m);
            _draft.Hedge(i, open[i] = 0m, close[i] = EnoughToClose(i));
        }
    }

    private bool FeelsTooMuch() => IsFelt(_draft.Net, _draft.Used);

    private bool IsFelt(decimal net, decimal used) => _divergence * net > _policy.Settings.DivergenceThreshold * FeltOf(used);

    private decimal FeltOf(decimal used) => Math.Max(used, _feltOf);

    // What is opened takes from the net and adds to the used margin: it is enough when the net is what the margin so far allows, or with more margin a little earlier.
    private decimal EnoughToOpen(int i)
    {
        var (net, used, threshold) = (_draft.Net, _draft.Used, _policy.Settings.DivergenceThreshold);
        var most = Math.Min(_draft.NetOf(i), Floor(RoomToGrow(i)));
        if (most == 0m) return 0m;
        var enough = Ceiling(Math.Max(0m, Math.Min(net - threshold * _feltOf / _divergence, (_divergence * net - threshold * used) / (_divergence + threshold))));
        if (IsFelt(net - enough, used + enough)) enough += Step;
        return Math.Min(enough, most);
    }

    // What is closed takes from both.
    private decimal EnoughToClose(int i)
    {
        var (net, used, threshold) = (_draft.Net, _draft.Used, _policy.Settings.DivergenceThreshold);
        var enough = Ceiling(Math.Max(0m, Math.Min(net - threshold * _feltOf / _divergence, (_divergence * net - threshold * used) / (_divergence - threshold))));
        if (IsFelt(net - enough, used - enough)) enough += Step;
        return Math.Min(enough, _draft.NetOf(i));
    }

    private void IssueHedges(int[] order, decimal[] open, decimal[] close, bool[] opens, string parted)
    {
        var (sellAt, buyAt) = Extremes(_snapshot.Venues);
        var after = $"{Percent(_divergence * _draft.Net / FeltOf(_draft.Used))} is felt after all hedges";
        // A sentence for each kind of hedge and not for each hedge: there can be hundreds, and the amounts are in the command.
        var reasons = new string?[9];
        foreach (var i in order)
        {
            if (open[i] == 0m && close[i] == 0m) continue;
            _partedWith = new Money(_feltOf);
            var (side, isOpening) = (_draft.SideOf(i), open[i] > 0m);
            ref var reason = ref reasons[(side + 1) * 3 + (isOpening ? 0 : opens[i] ? 1 : 2)];
            reason ??= isOpening ? $"{parted}: {Opening(side, sellAt, buyAt)}; {after}."
                : $"{parted}: closes of what is {Net(side)}, because {(opens[i] ? "there is no margin for the other side" : "its holder opens no other side now")}; {after}.";
            // The opposite leg is the smaller one as long as some net is left, and then both are equal.
            Issue(BalancerAction.Hedge, _draft.Symbol(i), _draft.SmallerLeg(i), open[i], reason, hedge: new HedgeOrder(
                side switch { > 0 => OrderSide.Sell, < 0 => OrderSide.Buy, _ => null }, new Money(open[i]), new Money(close[i]), new Money(_draft.LargerLeg(i)),
                side switch { > 0 when isOpening => sellAt, < 0 when isOpening => buyAt, _ => null }));
        }
    }

    private static string Net(int side) => side switch { > 0 => "net long", < 0 => "net short", _ => "held" };

    private static string Opening(int side, string? sellAt, string? buyAt) => side switch
    {
        > 0 => $"sells against what is net long{(sellAt is null ? "" : $" at {sellAt}, where the price is high")}",
        < 0 => $"buys against what is net short{(buyAt is null ? "" : $" at {buyAt}, where the price is low")}",
        _ => $"opens the opposite of what is held{(sellAt is null ? "" : $" (a sale at {sellAt}, a purchase at {buyAt})")}",
    };

    /// <summary>What the margin of a symbol may grow by without a breach of check 1, 2 or 5.</summary>
    private decimal RoomToGrow(int i)
    {
        var (margin, used, held) = (_draft.Margin(i), _draft.Used, _draft.Held);
        var room = Math.Min(_policy.TargetUtilisation * _total - _draft.Taken, _policy.TargetExposure * _total - margin);
        // Its weight stays below ratio / held while it and the whole grow by the same amount; alone it weighs what the average does.
        if (held >= 2) room = Math.Min(room, (BalancerPolicy.ImbalanceRatio * used - held * margin) / (held - BalancerPolicy.ImbalanceRatio) - Step);
        return Math.Max(0m, room);
    }

    // Check 3.
    private void CheckDiversification(int symbolsBefore)
    {
        var least = _policy.Settings.MinDiversification;
        if (!_due.HasFlag(BalancerChecks.Diversification) || _draft.Held >= least) return;
        if (symbolsBefore == 0)
        {
            _notes.Add("No position is open, so that there is nothing to diversify: opening the first ones is the strategies' affair.");
            return;
        }
        var missing = least - _draft.Held;
        var few = $"Underdiversified: {Count(_draft.Held, "symbol")}{(_draft.Held == symbolsBefore ? "" : " after the commands before this one")}, at least {least} are wanted";
        var room = Math.Max(0m, _policy.TargetUtilisation * _total - _draft.Taken);
        var full = Math.Min(Math.Min(room / missing, _policy.TargetExposure * _total), MostForNew(missing));
        var each = Floor(_confidence * full);
        if (each < BalancerPolicy.SmallestExpansion * _total)
        {
            _notes.Add(room <= 0m
                ? $"{few}; no expansion, because {Percent(_draft.Taken / _total)} of total margin is used and new margin stops at {Percent(_policy.TargetUtilisation)}."
                : $"{few}; no expansion, because room of {Quote(room)} and a confidence of {_confidence:0.##} leave {Quote(each)} for each new symbol, less than {Percent(BalancerPolicy.SmallestExpansion)} of total margin.");
            return;
        }
        if (_wished.Knows(symbol: null, _at)) return;
        Issue(BalancerAction.Expand, symbol: null, each, missing * each,
            $"{few}: {Count(missing, "new symbol")} with {Quote(each)} of margin each, {_confidence:0.##} (confidence) of the {Quote(full)} that utilisation and symbol limit leave.",
            newSymbols: missing, symbolsWanted: least);
    }

    // In weight: each of m new ones next to n that are held is at most the ratio times the average of all.
    private decimal MostForNew(int missing)
    {
        const decimal ratio = BalancerPolicy.BalancedRatio;
        var share = _draft.Held - (ratio - 1m) * missing;
        return share > 0m ? ratio * _draft.Used / share : decimal.MaxValue;
    }

    // Check 5: what overweight symbols free goes to those below the average, in proportion to what they are short of it.
    private void CheckSymbolWeight()
    {
        if (!_due.HasFlag(BalancerChecks.SymbolWeight) || _draft.Held < 2) return;
        var (held, used) = (_draft.Held, _draft.Used);
        var average = used / held;
        var (over, freed, room) = (0, 0m, 0m);
        var target = Floor(BalancerPolicy.BalancedRatio * average);
        for (var i = 0; i < _draft.Count; i++)
        {
            if (IsOverweight(i)) (over, freed) = (over + 1, freed + _draft.Margin(i) - target);
            else if (MayTake(i, average)) room += average - _draft.Margin(i);
        }
        if (over == 0) return;
        if (average >= _policy.TargetExposure * _total)
        {
            _notes.Add($"Symbol weights are uneven; no rebalance, because the average symbol is at the limit of {Percent(_policy.Settings.MaxSymbolExposure)} itself. The exposure check comes first.");
            return;
        }
        if (freed > room)
        {
            _notes.Add($"Symbol weights are uneven; no rebalance, because symbols below the average take {Quote(room)} of the {Quote(freed)} that would be freed: the others do not grow when asked, or were asked within the hour.");
            return;
        }
        foreach (var i in InOrder(new BySize(_draft, Descending: true)))
        {
            var margin = _draft.Margin(i);
            if (!IsOverweight(i, held, used)) continue; // Nearly in order: an earlier check may have changed one.
            Cut(BalancerAction.Rebalance, i, target,
                $"{_draft.Symbol(i)} weighs {Percent(margin / used)} of used margin, {margin / average:0.00} times the average of {Percent(1m / held)}; down to {BalancerPolicy.BalancedRatio} times. What it frees goes to symbols below the average.");
        }
        Share(freed, room, average, held);
    }

    private bool IsOverweight(int i) => IsOverweight(i, _draft.Held, _draft.Used);

    private bool IsOverweight(int i, int held, decimal used) =>
        _draft.Margin(i) * held > BalancerPolicy.ImbalanceRatio * used && !_draft.IsFixed(i) && !_draft.IsDoubted(i) && !_draft.HasGrown(i) && !_wished.Knows(_draft.Symbol(i), _at);

    // Whose opposite leg this look opens is asked for that alone: a holder does one of both, and the hedge would be lost.
    private bool MayTake(int i, decimal average) =>
        _draft.Margin(i) > 0m && _draft.Margin(i) < average && _draft.MayGrow(i) && !_draft.HasGrown(i) && !_wished.Knows(_draft.Symbol(i), _at);

    private void Share(decimal freed, decimal shortfall, decimal average, int held)
    {
        var last = -1;
        for (var i = 0; i < _draft.Count; i++)
            if (MayTake(i, average)) last = i;
        var reason = $"Below the average weight of {Percent(1m / held)}: takes its part of the {Quote(freed)} that overweight symbols free.";
        var (passed, given) = (0m, 0m);
        for (var i = 0; i <= last; i++)
        {
            if (!MayTake(i, average)) continue;
            passed += average - _draft.Margin(i);
            // Shares are cut from the running total, so that together they are exactly what was freed.
            var share = (i == last ? freed : Floor(freed * (passed / shortfall))) - given;
            if (share <= 0m) continue;
            given += share;
            _draft.Grow(i, share);
            Issue(BalancerAction.Rebalance, _draft.Symbol(i), _draft.Margin(i), share, reason);
        }
    }

    private void Cut(BalancerAction action, int i, decimal to, string reason)
    {
        var change = to - _draft.Margin(i);
        _draft.Reduce(i, to);
        Issue(action, _draft.Symbol(i), to, change, reason);
    }

    private void Issue(BalancerAction action, Symbol? symbol, decimal target, decimal change, string reason, int newSymbols = 0, int symbolsWanted = 0, HedgeOrder? hedge = null) =>
        _commands.Add(new BalancerCommand(++_id, _at, action, symbol, new Money(target), new Money(change), reason, newSymbols, symbolsWanted, hedge));

    private int[] InOrder<TOrder>(TOrder order) where TOrder : IComparer<int>
    {
        var indices = new int[_draft.Count];
        for (var i = 0; i < indices.Length; i++) indices[i] = i;
        Array.Sort(indices, order);
        return indices;
    }

    // By what the snapshot said, ties in order of symbol.
    private sealed record BySize(PortfolioDraft Draft, bool Descending) : IComparer<int>
    {
        public int Compare(int x, int y)
        {
            var order = decimal.Compare(Draft.Before(x), Draft.Before(y));
            return order == 0 ? x - y : Descending ? -order : order;
        }
    }

    private sealed record ByNet(PortfolioDraft Draft) : IComparer<int>
    {
        public int Compare(int x, int y)
        {
            var order = decimal.Compare(Draft.NetOf(y), Draft.NetOf(x));
            return order == 0 ? x - y : order;
        }
    }

    /// <summary>Where to sell and where to buy, or nothing where one venue or one price is known.</summary>
    private static (string? SellAt, string? BuyAt) Extremes(ImmutableArray<VenuePrice> venues)
    {
        if (venues.IsDefault || venues.Length < 2) return (null, null);
        var (dear, cheap) = (venues[0], venues[0]);
        foreach (var venue in venues)
        {
            if (venue.Price > dear.Price || (venue.Price == dear.Price && string.CompareOrdinal(venue.Venue, dear.Venue) < 0)) dear = venue;
            if (venue.Price < cheap.Price || (venue.Price == cheap.Price && string.CompareOrdinal(venue.Venue, cheap.Venue) < 0)) cheap = venue;
        }
        return dear.Price > cheap.Price ? (dear.Venue, cheap.Venue) : (null, null);
    }

    private static Assessment Skip(string code, string reason) => new(null, [], [], [], new Refusal(code, reason), null);

    private static decimal Floor(decimal amount) => decimal.Round(amount, Decimals, MidpointRounding.ToZero);

    // Of amounts that are zero or more.
    private static decimal Ceiling(decimal amount) => Floor(amount) is var floor && floor == amount ? floor : floor + Step;

    private static string Percent(decimal share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100m:0.0###} %");

    private static string Quote(decimal amount) => new Money(amount).ToString();

    private static string Count(int number, string thing) => number == 1 ? $"1 {thing}" : $"{number} {thing}s";

    private static string Found(double? value) => value is { } found ? string.Create(CultureInfo.InvariantCulture, $"{found} and not 0 to 1") : "missing";
}
