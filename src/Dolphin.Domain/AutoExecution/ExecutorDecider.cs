using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Dolphin.Domain.Balancing;
using Dolphin.Domain.Market;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.AutoExecution;

/// <summary>
/// The auto executor: makes of the balancer's commands what the holders of the legs can be asked for. Same state and input, same events.
/// </summary>
/// <remarks>
/// <para>Only the strategy that holds two legs trades them, so nothing here is an order. <c>reduce_margin</c>, <c>reduce</c> and a <c>rebalance</c> down
/// become a <see cref="TrimRequest"/> to the one holder; a <c>rebalance</c> up, an <c>expand</c> and a <c>hedge</c> become a <see cref="GrowRequest"/>.</para>
/// <para>A <c>hedge</c> wants the opposite leg larger, or where nobody would make it larger (compression's gross never grows, the protector and directional
/// strategies open by their own rule alone) the dominant one smaller. Where a holder declines, or entries are forbidden, between the look and the executor, the net position is made smaller by the same
/// amount from the other end: the dominant leg is trimmed until the two legs are as far apart as the command wants them, and the event says that it was so.</para>
/// <para>A command does not take back what one before it asked for: while an earlier one is still good, the smaller of both counts for each leg. A holder
/// remembers the newest wish only.</para>
/// </remarks>
public static class ExecutorDecider
{
    /// <summary>Who asks the holders.</summary>
    public const string By = "auto-executor";

    public static Decision<ExecutorEvent> Decide(ExecutorState state, ExecutorInput input) => input switch
    {
        ExecutorInput.Execute i => OnExecute(state, i.Command, i.View),
        _ => throw new UnreachableException($"No rule for {input}."),
    };

    private static Decision<ExecutorEvent> OnExecute(ExecutorState state, BalancerCommand command, HoldersView view)
    {
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(view);
        if (command.Id >= 1 && state.Knows(command.Id))
        {
            return Decision<ExecutorEvent>.Refuse("balancing.already-executed", string.Create(CultureInfo.InvariantCulture,
                $"Command {command.Id} {Word(command)}: it has ended before, or has an id that is not known any more (up to {state.ForgottenUpTo}). Nothing is done twice."));
        }
        if (!Enum.IsDefined(command.Action))
            return Decision<ExecutorEvent>.Refuse("executor.unknown-action", $"Command {command.Id} asks for {(int)command.Action}; expected one of the {Enum.GetValues<BalancerAction>().Length} actions. Not executed.");
        if ((NoTime(command) ?? CommandCheck.Check(command, CheckOf(state, command, view))) is { } refusal)
        {
            // Without an id that counts there is nothing to remember it by.
            return command.Id < 1 ? new Decision<ExecutorEvent>([], refusal)
                : refusal.Code == "balancing.expired" ? Ends(new ExecutorEvent.Expired(command.Id, command.Action, refusal.Reason, view.Now))
                : Refused(command, view, refusal.Code, refusal.Reason);
        }
        if (NotAllowed(command, view) is { } forbidden) return Refused(command, view, forbidden.Code, forbidden.Reason);
        return command.Action switch
        {
            BalancerAction.ReduceMargin or BalancerAction.Reduce => Reduce(state, command, view),
            BalancerAction.Rebalance when command.Change.Quote < 0m => Reduce(state, command, view),
            BalancerAction.Rebalance => Grow(command, view),
            BalancerAction.Hedge => Hedge(state, command, command.Hedge!, view),
            BalancerAction.Expand => Expand(state, command, view),
            _ => throw new UnreachableException($"No rule for {command.Action}."),
        };
    }

    // A symbol that an earlier command closes does not count for an expansion: the look that closed it has asked for another in its place.
    private static ExecutorView CheckOf(ExecutorState state, BalancerCommand command, HoldersView view) => command.Action != BalancerAction.Expand
        ? view.Check
        : view.Check with { Held = view.Check.Held.RemoveRange(view.Held.Keys.Where(s => state.AskedOf(s, view.Now) is { AreFlat: true })) };

    private static Refusal? NoTime(BalancerCommand command) => DateTimeOffset.MaxValue - command.At >= BalancerCommand.Lifetime
        ? null
        : new Refusal("executor.bad-time", $"it is of {command.At.UtcDateTime:u}; expected a time that a minute can be added to");

    // A holder would refuse as well; here nobody is bothered with it.
    private static Refusal? NotAllowed(BalancerCommand command, HoldersView view)
    {
        if (!view.ExitsAllowed) return new Refusal("executor.exits-not-allowed", "an invariant has failed; expected a posture that allows exits");
        return !view.EntriesAllowed && command.Grows
            ? new Refusal("executor.entries-not-allowed", "it makes the portfolio larger; expected a posture that allows entries")
            : null;
    }

    private static Decision<ExecutorEvent> Reduce(ExecutorState state, BalancerCommand command, HoldersView view)
    {
        if (Holding(command, view, out var position) is { } none) return none;
        var (margin, target) = (position.Margin.Quote, command.TargetSize.Quote);
        if (margin <= target) return Done(command, view, $"{command.Symbol} has {position.Margin} of margin; {command.TargetSize} is wanted.");
        // The share first: a product of margins could overflow where the numbers are absurd.
        var by = Share(position, (margin - target) / margin);
        return Trim(state, command, view, position, LegReduction.Of(position.Instrument, position.Legs, by), instead: null);
    }

    private static Decision<ExecutorEvent> Hedge(ExecutorState state, BalancerCommand command, HedgeOrder hedge, HoldersView view)
    {
        if (Holding(command, view, out var position) is { } none) return none;
        var net = position.Legs.Net;
        var dominant = net.Base > 0m ? PositionSide.Long : PositionSide.Short;
        if (net.Base != 0m && hedge.Side is { } side && side != dominant.Reducing())
        {
            return Refused(command, view, "executor.net-turned",
                $"{command.Symbol} is net {dominant} now, and the command {(side == OrderSide.Sell ? "sells against a net long" : "buys against a net short")} position");
        }
        // Margin apart, of the margin of all: the same share of the quantities, for both legs have one price and one leverage.
        var wanted = hedge.HeldTarget.Quote > command.TargetSize.Quote ? hedge.HeldTarget.Quote - command.TargetSize.Quote : 0m;
        var share = wanted < position.Margin.Quote ? wanted / position.Margin.Quote : 1m;
        var apart = Share(position, share);
        if (net.Abs() <= apart)
            return Done(command, view, $"{command.Symbol} has long {position.Legs.Long} and short {position.Legs.Short}, which are not further apart than {apart}.");
        var why = WhyNotOpposite(position, view);
        if (hedge.Close.Quote == 0m && why is null)
        {
            // Up to a whole lot, and no further than the dominant leg: a lot less, and the next look would ask for it.
            var lot = position.Instrument.LotSize;
            var opposite = LegSteps.Smaller(position.Legs[dominant], new Quantity(decimal.Ceiling((position.Legs[dominant] - apart).Base / lot) * lot));
            var atLeast = dominant == PositionSide.Long ? position.Legs with { Short = opposite } : position.Legs with { Long = opposite };
            return Asks(command, view, growth: null, [], instead: null, [Request(command, position, atLeast)]);
        }
        return LegReduction.Nearer(position.Instrument, position.Legs, apart) is { } atMost
            ? Trim(state, command, view, position, atMost, hedge.Open.Quote == 0m ? null : new Refusal("executor.cannot-open-opposite",
                $"{why ?? "there is no margin for all of it"}; instead of {hedge.Open} of margin opened on the other side, the {dominant} leg is made smaller by as much."))
            : Refused(command, view, "executor.too-small", TooSmallToHedge(command, position));
    }

    private static string TooSmallToHedge(BalancerCommand command, HeldPosition position) =>
        $"long {position.Legs.Long} and short {position.Legs.Short} of {command.Symbol} are {position.Legs.Net.Abs()} apart, which is too little for an order that brings them nearer";

    private static string? WhyNotOpposite(HeldPosition position, HoldersView view) =>
        !position.MayGrow ? $"{position.Holder} makes no leg larger because it is asked to, or declined it lately"
        : !view.EntriesAllowed ? "the posture allows no entries"
        : null;

    // At the resolution of a wanted quantity: the last digit of a quotient must not cost a lot.
    private static Quantity Share(HeldPosition position, decimal share) =>
        new(decimal.Round(position.Legs.Gross.Base * share, Quantizer.WantedDecimals));

    private static Decision<ExecutorEvent> Trim(ExecutorState state, BalancerCommand command, HoldersView view, HeldPosition position, Legs atMost, Refusal? instead)
    {
        var symbol = command.Symbol!.Value;
        if (LegSteps.Down(position.Instrument, PositionSide.Long, position.Legs.Long, atMost.Long).IsNothing
            && LegSteps.Down(position.Instrument, PositionSide.Short, position.Legs.Short, atMost.Short).IsNothing)
        {
            return Refused(command, view, "executor.too-small",
                $"long {position.Legs.Long} and short {position.Legs.Short} of {symbol} are too small for an order that the venue takes (lots of {position.Instrument.LotSize}, at least {position.Instrument.MinQuantity})");
        }
        if (state.AskedOf(symbol, view.Now) is { } before) atMost = ExecutorState.Smaller(before, atMost);
        var wish = new TrimWish(By, command.Id, atMost.Long, atMost.Short, command.ExpiresAt);
        return Ends(new ExecutorEvent.CarriedOut(
            command.Id, command.Action, new TrimRequest(symbol, position.Holder!, wish), Growth: null, Openings: [], instead, view.Now));
    }

    private static Decision<ExecutorEvent> Grow(BalancerCommand command, HoldersView view)
    {
        if (Holding(command, view, out var position) is { } none) return none;
        var change = command.TargetSize - position.Margin;
        if (change.Quote <= 0m) return Done(command, view, $"{command.Symbol} has {position.Margin} of margin; {command.TargetSize} is wanted.");
        if (!position.MayGrow)
            return Refused(command, view, "executor.holder-does-not-grow", $"{position.Holder} makes no leg of {command.Symbol} larger because it is asked to, or declined it lately");
        // The share first: a product of margins could overflow where the numbers are absurd. Both legs alike, rounded so that it is never more than was wished.
        var each = change.Quote / MostTimes < position.Margin.Quote
            ? Quantizer.FloorToLot(position.Instrument, new Quantity(Share(position, change.Quote / position.Margin.Quote).Base / 2m))
            : Quantity.Zero;
        if (each.Base <= 0m)
            return Refused(command, view, "executor.too-small", $"{change} more of margin is less than a lot for each leg of {command.Symbol}, or a number that no account has");
        var atLeast = new Legs(position.Legs.Long + each, position.Legs.Short + each);
        return Asks(command, view, new GrowthWish(command.Symbol!.Value, position.Holder!, command.TargetSize, change, command.Reason, command.ExpiresAt), [], instead: null,
            [Request(command, position, atLeast)]);
    }

    // Of dust a share can be any number; what is more than this many times as much as is held is nothing that a lot of it could become.
    private const decimal MostTimes = 1_000_000m;

    private static Decision<ExecutorEvent> Expand(ExecutorState state, BalancerCommand command, HoldersView view)
    {
        // Absolute: what has been opened since the command counts.
        var wanted = Math.Min(command.NewSymbols, command.SymbolsWanted - CheckOf(state, command, view).SymbolsHeld);
        if (command.TargetSize.Quote <= 0m)
            return Refused(command, view, "executor.nothing-to-open", $"it gives each new symbol {command.TargetSize} of margin; expected above 0");
        var openings = ImmutableArray.CreateBuilder<OpeningWish>();
        var asked = ImmutableArray.CreateBuilder<GrowRequest>();
        foreach (var open in view.Openable)
        {
            if (openings.Count == wanted) break;
            if (state.HasCut(open.Symbol, view.Now)) continue; // Opened again at once it would undo what was asked for.
            if (open.Leverage is not (>= 1m and <= HeldPosition.HighestLeverage) || !Plausible.Is(open.Price)) continue; // No account has that.
            if (command.TargetSize.Quote / 2m > Plausible.HighestNotional / open.Leverage) continue;
            var notional = command.TargetSize.Quote / 2m * open.Leverage;
            var each = Quantizer.FloorToLot(open.Instrument, Quantizer.Wanted(new Money(notional), open.Price));
            // A symbol of which the venue takes no such order is no opening: the next one is.
            if (each.Base <= 0m || Quantizer.Tradable(open.Instrument, open.Price, PositionSide.Long, default, each).IsNothing) continue;
            openings.Add(new OpeningWish(open.Symbol, command.TargetSize, command.Reason, command.ExpiresAt));
            asked.Add(new GrowRequest(open.Symbol, open.Holder, default, new GrowWish(By, command.Id, each, each, command.ExpiresAt)));
        }
        if (openings.Count == 0)
            return Refused(command, view, "executor.nothing-to-open", $"{wanted} new symbols are wanted, and none is ranked that is not held and could be opened with {command.TargetSize}");
        var instead = openings.Count < wanted
            ? new Refusal("executor.too-few-ranked", $"Command {command.Id} {Word(command)}: {wanted} new symbols are wanted and only {openings.Count} are ranked that are not held; those are asked for.")
            : null;
        return Asks(command, view, growth: null, openings.DrainToImmutable(), instead, asked.DrainToImmutable());
    }

    private static GrowRequest Request(BalancerCommand command, HeldPosition position, Legs atLeast) =>
        new(command.Symbol!.Value, position.Holder!, position.Legs, new GrowWish(By, command.Id, atLeast.Long, atLeast.Short, command.ExpiresAt));

    private static Decision<ExecutorEvent> Asks(
        BalancerCommand command, HoldersView view, GrowthWish? growth, ImmutableArray<OpeningWish> openings, Refusal? instead, ImmutableArray<GrowRequest> asked) =>
        Ends(new ExecutorEvent.CarriedOut(command.Id, command.Action, Trim: null, growth, openings, instead, view.Now, asked));

    // Nothing is asked for where nothing is held, or nobody may trade it, or what is said of it cannot be.
    private static Decision<ExecutorEvent>? Holding(BalancerCommand command, HoldersView view, out HeldPosition position)
    {
        var symbol = command.Symbol!.Value;
        if (!view.Held.TryGetValue(symbol, out position!) || position is { IsUsable: true, Legs.AreFlat: true })
        {
            return command.Action == BalancerAction.Rebalance && command.Change.Quote >= 0m
                ? Refused(command, view, "executor.not-held", $"{symbol} is not held any more; expected a strategy that could let it grow")
                : Done(command, view, $"{symbol} is not held.");
        }
        if (!position.IsUsable)
        {
            return Refused(command, view, "executor.view-unusable", string.Create(CultureInfo.InvariantCulture,
                $"{symbol} is said to have long {position.Legs.Long} and short {position.Legs.Short}, {position.TiedUp} of margin, at {position.Price}, leverage {position.Leverage}; no account has that"));
        }
        return string.IsNullOrWhiteSpace(position.Holder)
            ? Refused(command, view, "executor.no-holder", $"long {position.Legs.Long} and short {position.Legs.Short} of {symbol} belong to no strategy; expected one, for nobody else may trade them")
            : null;
    }

    private static Decision<ExecutorEvent> Done(BalancerCommand command, HoldersView view, string reason) =>
        Ends(new ExecutorEvent.DoneAlready(command.Id, command.Action, reason, view.Now));

    private static Decision<ExecutorEvent> Refused(BalancerCommand command, HoldersView view, string code, string what) =>
        Ends(new ExecutorEvent.Refused(command.Id, command.Action, code,
            code.StartsWith("balancing.", StringComparison.Ordinal) ? what : $"Command {command.Id} {Word(command)}: {what}. Not executed; the next look at the portfolio decides anew.", view.Now));

    private static Decision<ExecutorEvent> Ends(ExecutorEvent end) => Decision<ExecutorEvent>.Of(end);

    private static string Word(BalancerCommand command) => Enum.IsDefined(command.Action) ? command.Action.Word() : "?";

    /// <summary>The state after one stored event. Total; validates nothing: the past is not up for debate.</summary>
    public static ExecutorState Evolve(ExecutorState state, ExecutorEvent @event) => @event switch
    {
        ExecutorEvent.CarriedOut e => Remember(state, e, CommandEnd.CarriedOut, e.Trim, Count(state.Counts, e), e.Asked, e.Instead?.Code),
        ExecutorEvent.DoneAlready e => Remember(state, e, CommandEnd.DoneAlready, null, state.Counts with { DoneAlready = state.Counts.DoneAlready + 1 }),
        ExecutorEvent.Refused e => Remember(state, e, CommandEnd.Refused, null, state.Counts with { Refused = state.Counts.Refused + 1 }),
        ExecutorEvent.Expired e => Remember(state, e, CommandEnd.Expired, null, state.Counts with { Expired = state.Counts.Expired + 1 }),
        _ => throw new UnreachableException($"Cannot fold {@event.GetType().Name}; skipping it would corrupt the executor's state."),
    };

    private static ExecutorState Remember(ExecutorState state, ExecutorEvent e, CommandEnd end, TrimRequest? trim, ExecutorCounts counts, ImmutableArray<GrowRequest>? growths = null, string? instead = null)
    {
        var ended = state.Ended.Add(new EndedCommand(e.Id, end, trim, growths, instead), out var fallen);
        return new ExecutorState(ended, Math.Max(state.ForgottenUpTo, fallen?.Id ?? 0), counts, e.At, Highest(state, e.Id));
    }

    // Of a state that somebody stored without it nothing is known of what ended before.
    private static long? Highest(ExecutorState state, long id) => state.HighestId is { } highest ? Math.Max(highest, id) : state.LastEndAt is null ? id : null;

    private static ExecutorCounts Count(ExecutorCounts counts, ExecutorEvent.CarriedOut e) => counts with
    {
        CarriedOut = counts.CarriedOut + 1, Instead = counts.Instead + (e.Instead is null ? 0 : 1), Trims = counts.Trims + (e.Trim is null ? 0 : 1),
        Growths = counts.Growths + (e.Growth is null ? 0 : 1), Openings = counts.Openings + (e.Openings.IsDefault ? 0 : e.Openings.Length),
        ByAction = counts.ByAction.OneMore(e.Action),
    };
}
