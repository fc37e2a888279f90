using System.Diagnostics;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.Hermes;

/// <summary>
/// Hermes for one asset: which one strategy holds its two legs, with which risk posture and priority. Same state and input, same events.
/// </summary>
/// <remarks>
/// Legs change hands in stages, each an event: asked, released, adopted. Positions stay open all the while and no stage asks for an order. Whatever
/// the answers do (late, twice, never), <see cref="HermesState.Enabled"/> names at most one strategy, and a hand-over that fails leaves the old
/// holder where it was. Tightening acts at once; loosening, and every change of holder, must be wanted for a while without a break.
/// </remarks>
public static partial class HermesDecider
{
    /// <summary>Who lifted an override whose time was over.</summary>
    public const string ExpiryRule = "expiry";

    /// <summary>Characters of an operator's name and of a reason; what is longer is refused, because events are stored for ever.</summary>
    public const int LongestName = 100, LongestReason = 500;

    /// <summary>An override for a longer time is refused: who means for ever leaves the end out, and lifts it.</summary>
    public static readonly TimeSpan LongestOverride = TimeSpan.FromDays(366);

    public static Decision<HermesEvent> Decide(HermesPolicy policy, HermesState state, HermesInput input) => input switch
    {
        HermesInput.Looked i => Decide(policy, state, i.Look, i.Watch),
        HermesInput.Released i => OnReleased(policy, state, i),
        HermesInput.Adopted i => OnAdopted(state, i),
        HermesInput.Declined i => OnDeclined(state, i),
        HermesInput.SetOverride i => OnSetOverride(policy, state, i),
        HermesInput.LiftOverride i => OnLiftOverride(state, i),
        _ => throw new UnreachableException($"No rule for {input}."),
    };

    /// <summary>One call for every bar of every asset. Allocates only when it decides something.</summary>
    /// <param name="watch">After it has observed this very look.</param>
    public static Decision<HermesEvent> Decide(HermesPolicy policy, HermesState state, in HermesLook look, in HermesWatch watch)
    {
        if (state.DecidedAt >= look.At) return Decision<HermesEvent>.Nothing;
        if (look.Book.Objection is { } objection) return Decision<HermesEvent>.Refuse("hermes.absurd-book", $"A look at {look.At:yyyy-MM-dd HH:mm:ss} UTC: {objection}. Ignored.");
        var events = new Story(state);
        EndOverride(ref events, look);
        EndHandOver(policy, ref events, look);
        if (look.Holder.Ended && events.State is { HandOver: null, Holder: not LegHolder.Nobody }) events.Add(new HermesEvent.HolderEnded(events.State.Holder, look.At));
        TakeStance(policy, ref events, look, watch);
        AskForHandOver(policy, ref events, look, watch);
        return events.Decision;
    }

    /// <summary>How long after the last change of holder the next hand-over may be asked for; zero when it may. An override does not wait.</summary>
    public static TimeSpan DwellLeft(HermesPolicy policy, HermesState state, DateTimeOffset at)
    {
        var left = state.ChangedAt is { } changed ? changed + policy.Settings.MinDwell - at : TimeSpan.Zero;
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    /// <summary>How long after a failed hand-over the next one may be asked for: twice as long after each, at most the dwell.</summary>
    public static TimeSpan RetryLeft(HermesPolicy policy, HermesState state, DateTimeOffset at)
    {
        if (state.FailedAt is not { } failed) return TimeSpan.Zero;
        var wait = policy.Settings.RetryAfter;
        for (var i = 1; i < state.Failures && wait < policy.Settings.MinDwell; i++) wait += wait;
        var left = failed + (wait < policy.Settings.MinDwell ? wait : policy.Settings.MinDwell) - at;
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private static void EndOverride(ref Story events, in HermesLook look)
    {
        if (events.State.Override is { Until: { } until } word && look.At >= until)
            events.Add(new HermesEvent.OverrideLifted(word.Number, ExpiryRule, $"It was set until {until:yyyy-MM-dd HH:mm:ss} UTC.", look.At));
    }

    private static void EndHandOver(HermesPolicy policy, ref Story events, in HermesLook look)
    {
        if (events.State.HandOver is not { } h) return;
        if (h is { Stage: HandOverStage.Adopting, To: LegHolder.Nobody })
        {
            var left = look.Book.Mark * h.Legs.Gross;
            events.Add(h.Rule == HermesRule.Override || left.Quote < policy.Settings.Dust
                ? new HermesEvent.Adopted(h.Number, LegHolder.Nobody, h.Legs, look.At)
                : new HermesEvent.HandOverFailed(h.Number, h.Stage, HandOverFailure.NotFlat, h.From,
                    $"{h.From.Name()} was to let go of a flat asset; it let go of {left}. It keeps it.", look.At));
            return;
        }
        if (look.At < h.Deadline) return;
        var (silent, doing) = h.Stage == HandOverStage.Releasing ? (h.From, "release") : (h.To, "adopt");
        events.Add(new HermesEvent.HandOverFailed(h.Number, h.Stage, HandOverFailure.Unanswered, h.From,
            $"Hand-over {h.Number}: expected {silent.Name()} to {doing} the legs by {h.Deadline:yyyy-MM-dd HH:mm:ss} UTC; nothing came. {h.From.Name()} keeps them.", look.At));
    }

    private static void TakeStance(HermesPolicy policy, ref Story events, in HermesLook look, in HermesWatch watch)
    {
        var state = events.State;
        var stance = HermesTable.Stance(policy, state, look, watch.Book);
        var (posture, priority) = (state.Posture, state.Priority);
        if (stance.Posture < posture || stance.Bound == StanceBound.Override) posture = stance.Posture;
        else if (watch.SofterSince is { } softer && look.At - softer >= policy.Settings.Confirm && watch.SofterPosture > posture)
            posture = watch.SofterPosture < stance.Posture ? watch.SofterPosture : stance.Posture;
        if (stance.Priority > priority || stance.PriorityIsSaid) priority = stance.Priority;
        else if (watch.CalmerSince is { } calmer && look.At - calmer >= policy.Settings.Confirm && watch.CalmerPriority < priority)
            priority = watch.CalmerPriority > stance.Priority ? watch.CalmerPriority : stance.Priority;
        if ((posture, priority) == (state.Posture, state.Priority)) return;
        // What asked for it may be over: it comes back no further than to the least daring, and calms down to the most urgent, of the time that confirms.
        var why = posture != state.Posture
            ? posture == stance.Posture ? HermesTable.Why(policy, state, look, stance) : $"It is the least daring of the last {RegimeReading.Text(policy.Settings.Confirm)}."
            : priority == stance.Priority ? HermesTable.WhyPriority(policy, state, look, stance.Cause)
            : $"It is the most urgent of the last {RegimeReading.Text(policy.Settings.Confirm)}.";
        events.Add(new HermesEvent.StanceChanged(posture, priority, why, look.At));
    }

    private static void AskForHandOver(HermesPolicy policy, ref Story events, in HermesLook look, in HermesWatch watch)
    {
        var state = events.State;
        if (state.HandOver is not null) return;
        if (events.IsEmpty && watch.At == look.At && watch.Wanted == state.Holder) return; // The table has been asked with this look, and most looks want nothing.
        var want = HermesTable.Want(policy, state, look, watch.Book);
        if (want.Holder == state.Holder || RetryLeft(policy, state, look.At) > TimeSpan.Zero) return;
        if (want.Rule != HermesRule.Override)
        {
            if (watch.At is null || watch.Wanted != want.Holder || look.At - watch.WantedSince < policy.Settings.Confirm) return;
            if (DwellLeft(policy, state, look.At) > TimeSpan.Zero) return;
        }
        var (number, deadline) = (state.HandOvers + 1, look.At + policy.Settings.AnswerWithin);
        events.Add(new HermesEvent.HandOverAsked(
            number, state.Holder, want.Holder, want.Rule, HermesTable.Why(policy, state, look, want), look.Regime.Regime, look.Regime.Reason(policy.Regime), deadline, look.At));
        if (state.Holder == LegHolder.Nobody) events.Add(new HermesEvent.Released(number, look.Book.Legs, deadline, look.At));
    }

    private static Decision<HermesEvent> OnReleased(HermesPolicy policy, HermesState state, HermesInput.Released answer)
    {
        if (NotAwaited(state, answer.Number, answer.By, "release") is { } early) return early;
        var h = state.HandOver!;
        if (answer.By != h.From) return WrongOne(h, answer.By, "release", h.From);
        if (answer.Legs.Long.Base < 0m || answer.Legs.Short.Base < 0m)
        {
            return Decision<HermesEvent>.Refuse("hermes.absurd-legs",
                $"Hand-over {h.Number}: {answer.By.Name()} released {Text(answer.Legs)}; expected quantities of zero or more. Nothing changed.");
        }
        if (h.Stage == HandOverStage.Releasing)
            return Decision<HermesEvent>.Of(new HermesEvent.Released(h.Number, answer.Legs, answer.At + policy.Settings.AnswerWithin, answer.At));
        return answer.Legs == h.Legs
            ? Decision<HermesEvent>.Nothing
            : Decision<HermesEvent>.Refuse("hermes.released-before",
                $"Hand-over {h.Number}: {answer.By.Name()} released {Text(h.Legs)} before and {Text(answer.Legs)} now. The first answer counts.");
    }

    private static Decision<HermesEvent> OnAdopted(HermesState state, HermesInput.Adopted answer)
    {
        if (NotAwaited(state, answer.Number, answer.By, "adoption") is { } early) return early;
        var h = state.HandOver!;
        if (answer.By != h.To || h.To == LegHolder.Nobody) return WrongOne(h, answer.By, "adoption", h.To);
        if (h.Stage != HandOverStage.Adopting)
        {
            return Decision<HermesEvent>.Refuse("hermes.not-released",
                $"Hand-over {h.Number}: {answer.By.Name()} adopted before {h.From.Name()} released. Nothing changed; it must not trade.");
        }
        return answer.Legs == h.Legs
            ? Decision<HermesEvent>.Of(new HermesEvent.Adopted(h.Number, h.To, h.Legs, answer.At))
            : Decision<HermesEvent>.Refuse("hermes.other-legs",
                $"Hand-over {h.Number}: {h.From.Name()} released {Text(h.Legs)}, {answer.By.Name()} adopted {Text(answer.Legs)}. Nothing changed; it must not trade.");
    }

    private static Decision<HermesEvent> OnDeclined(HermesState state, HermesInput.Declined answer)
    {
        if (NotAwaited(state, answer.Number, answer.By, "refusal") is { } early) return early;
        var h = state.HandOver!;
        var asked = h.Stage == HandOverStage.Releasing ? h.From : h.To;
        if (answer.By != asked) return WrongOne(h, answer.By, "refusal", asked);
        return Decision<HermesEvent>.Of(new HermesEvent.HandOverFailed(
            h.Number, h.Stage, HandOverFailure.Declined, h.From, Cut($"{asked.Name()} declined: {answer.Reason}"), answer.At));
    }

    private static Decision<HermesEvent> OnSetOverride(HermesPolicy policy, HermesState state, HermesInput.SetOverride i)
    {
        var asked = new HermesOverride(i.Number, i.By, i.Why, i.Holder, i.Posture, i.Until, i.At, i.Priority);
        if (i.Number == state.Overrides && state.Override == asked) return Decision<HermesEvent>.Nothing;
        var wrong = i.Number != state.Overrides + 1 ? $"it is number {i.Number}, and the next is {state.Overrides + 1}"
            : string.IsNullOrWhiteSpace(i.By) || i.By.Length > LongestName ? $"who asks must be named, in at most {LongestName} characters"
            : !IsReason(i.Why) ? $"a reason is expected, of at most {LongestReason} characters, and no line break or other control character"
            : i.Until <= i.At ? $"it would end at {i.Until:yyyy-MM-dd HH:mm:ss} UTC, not after it begins"
            : i.Until - i.At > LongestOverride ? $"it would hold for longer than {LongestOverride.TotalDays:0} days; leave the end out, and lift it when it is over"
            : !Enum.IsDefined(i.Holder) || !policy.Allows(i.Holder) ? $"the plan allows {Names(policy)} here, and it asks for {(Enum.IsDefined(i.Holder) ? i.Holder.Name() : i.Holder.ToString())}"
            : i.Posture is { } p && !Enum.IsDefined(p) ? $"there is no risk posture {p}"
            : i.Priority is { } q && !Enum.IsDefined(q) ? $"there is no priority {q}"
            : null;
        if (wrong is not null) return Decision<HermesEvent>.Refuse("hermes.bad-override", $"The override was not set: {wrong}. Nothing changed.");
        // Not replaced in passing: whoever set it had a reason, and may still be at it.
        if (state.Override is { } word)
        {
            return Decision<HermesEvent>.Refuse("hermes.override-stands",
                $"There is override {word.Number} already, by {word.By} since {word.At:yyyy-MM-dd HH:mm:ss} UTC{(word.Until is { } end ? $" until {end:yyyy-MM-dd HH:mm:ss}" : "")}: {word.Holder.Name()} ({word.Why}). Lift it first. Nothing changed.");
        }

        var set = new HermesEvent.OverrideSet(i.Number, i.By, i.Why, i.Holder, i.Posture, i.Until, i.At, i.Priority);
        // What has been let go of must first be taken by somebody; what has not, need not be.
        return state.HandOver is { Stage: HandOverStage.Releasing } h && h.To != i.Holder
            ? Decision<HermesEvent>.Of(set, new HermesEvent.HandOverFailed(
                h.Number, h.Stage, HandOverFailure.Overruled, h.From, Cut($"{i.By} wants {i.Holder.Name()}: {i.Why}"), i.At))
            : Decision<HermesEvent>.Of(set);
    }

    // It is printed on terminals and in lines of a log for as long as the journal lives.
    private static bool IsReason(string why) => !string.IsNullOrWhiteSpace(why) && why.Length <= LongestReason && !why.Any(char.IsControl);

    private static Decision<HermesEvent> OnLiftOverride(HermesState state, HermesInput.LiftOverride i)
    {
        if (state.Override is null && i.Number == state.Overrides && i.Number > 0) return Decision<HermesEvent>.Nothing;
        if (state.Override is not { } word || word.Number != i.Number)
        {
            return Decision<HermesEvent>.Refuse("hermes.no-such-override",
                $"{i.By} wants to lift {(i.Number > 0 ? $"override {i.Number}" : "an override")}; {(state.Override is { } now ? $"number {now.Number} holds" : "none holds")}. Nothing changed.");
        }
        if (string.IsNullOrWhiteSpace(i.By) || i.By.Length > LongestName || !IsReason(i.Why))
        {
            return Decision<HermesEvent>.Refuse("hermes.bad-override",
                $"Override {i.Number} was not lifted: who and why are expected, in at most {LongestName} and {LongestReason} characters, and no line break or other control character. It still holds.");
        }
        return Decision<HermesEvent>.Of(new HermesEvent.OverrideLifted(i.Number, i.By, i.Why, i.At));
    }

    private static Decision<HermesEvent>? NotAwaited(HermesState state, long number, LegHolder by, string what)
    {
        if (state.HandOver?.Number == number) return null;
        if (number == state.LastDone && number > 0) return Decision<HermesEvent>.Nothing; // The second copy of an answer that was taken.
        var now = state.HandOver is { } h ? $"number {h.Number} is under way" : "none is under way";
        return Decision<HermesEvent>.Refuse("hermes.late-answer",
            $"Expected no {what} for hand-over {number}: {now}. It came from {by.Name()}; {state.Holder.Name()} holds the legs. Nothing changed.");
    }

    private static Decision<HermesEvent> WrongOne(PendingHandOver h, LegHolder by, string what, LegHolder expected) =>
        Decision<HermesEvent>.Refuse("hermes.wrong-strategy",
            $"Hand-over {h.Number}: expected the {what} of {expected.Name()}; {by.Name()} answered. Nothing changed.");

    private static string Names(HermesPolicy policy) =>
        string.Join(", ", Enum.GetValues<LegHolder>().Where(policy.Allows).Select(LegHolders.Name));

    private static string Cut(string text) => text.Length <= LongestReason + LongestName ? text : text[..(LongestReason + LongestName)];

    private static string Text(Legs legs) => $"long {legs.Long}, short {legs.Short}";

    /// <summary>Events in the order decided, and the state they lead to. Allocates with the first one.</summary>
    private ref struct Story(HermesState state)
    {
        private List<HermesEvent>? _events;

        public HermesState State { get; private set; } = state;
        public readonly bool IsEmpty => _events is null;

        public readonly Decision<HermesEvent> Decision => _events is null ? Decision<HermesEvent>.Nothing : new Decision<HermesEvent>([.. _events], null);

        public void Add(HermesEvent @event)
        {
            (_events ??= []).Add(@event);
            State = Evolve(State, @event);
        }
    }
}
