using Dolphin.Domain.Exits;
using Dolphin.Domain.Market;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.Directional;

// What is asked by whoever has an opinion, by people, by the portfolio and by other strategies.
public static partial class DirectionalDecider
{
    private static Decision<DirectionalEvent> OnSignal(DirectionalPolicy policy, Instrument instrument, DirectionalState state, DirectionalInput.Signal input)
    {
        var (signal, settings) = (input.Opinion, policy.Settings);
        if (Objection(signal) is { } malformed) return new Decision<DirectionalEvent>([], malformed);
        if (state.SignalIds.Contains(signal.Id)) return Decision<DirectionalEvent>.Nothing;
        if (state.Mode != DirectionalMode.Active)
            return Ignore("not-active", signal, $"the strategy is {state.Mode} and takes signals only when it is Active");
        if (state.ReleaseWantedBy is { } by) return Ignore("not-active", signal, $"{by} waits for the legs");
        if (state.NewestSignalAt > signal.At) return Ignore("older-signal", signal, $"it is of {signal.At.UtcDateTime:u}, and one of {state.NewestSignalAt.Value.UtcDateTime:u} has been taken");
        if (input.ReceivedAt - signal.At >= settings.SignalLifetime)
            return Ignore("signal-expired", signal, $"it is of {signal.At.UtcDateTime:u} and lives {settings.SignalLifetime}; it came at {input.ReceivedAt.UtcDateTime:u}");
        // Taken, it would make every later one an older one.
        if (signal.At - input.ReceivedAt >= settings.SignalLifetime)
            return Ignore("signal-from-the-future", signal, $"it is of {signal.At.UtcDateTime:u} and came at {input.ReceivedAt.UtcDateTime:u}; expected clocks closer than {settings.SignalLifetime}");
        if (signal.Confidence < settings.MinConfidence)
            return Ignore("not-confident", signal, $"its confidence is {signal.Confidence:0.###}; expected at least {settings.MinConfidence:0.###}");
        if (state.Side is { } held)
        {
            if (held == signal.Side) return Ignore("already-held", signal, $"{instrument.Symbol.Name} {held} is {state.Stage}; one position at a time");
            if (signal.Confidence < settings.ReverseConfidence)
            {
                return Ignore("not-confident", signal,
                    $"{instrument.Symbol.Name} {held} is {state.Stage}, and it takes a confidence of {settings.ReverseConfidence:0.###} to turn it; this one has {signal.Confidence:0.###}");
            }
        }
        return Decision<DirectionalEvent>.Of(new DirectionalEvent.SignalTaken(signal, input.ReceivedAt));
    }

    // With the state as it is every one of them would be refused again; with a later one it might be taken, and whether it is must not depend on a crash.
    private static Decision<DirectionalEvent> OnPassed(DirectionalState state, DirectionalInput.Passed passed)
    {
        var until = passed.Until > (state.PassedUntil ?? DateTimeOffset.MinValue) ? passed.Until : null;
        var plunges = passed.PlungesUntil > (state.PlungesPassedUntil ?? DateTimeOffset.MinValue) ? passed.PlungesUntil : null;
        return until is null && plunges is null
            ? Decision<DirectionalEvent>.Nothing
            : Decision<DirectionalEvent>.Of(new DirectionalEvent.SignalsPassed(until, passed.At, plunges));
    }

    /// <summary>Says why something is no signal, or null if it is one.</summary>
    public static Refusal? Objection(DirectionalSignal? signal) => Malformed(signal) is { } why ? new Refusal($"{Area}.malformed-signal", why) : null;

    private static string? Malformed(DirectionalSignal? signal) =>
        signal is null ? "A signal came without content. Not taken."
        : signal.Id?.Any(char.IsControl) == true ? $"A signal has an id with a control character; expected 1 to {DirectionalPolicy.LongestId} others. Not taken."
        : !IsId(signal.Id) ? $"A signal has an id of {signal.Id?.Length ?? 0} characters; expected 1 to {DirectionalPolicy.LongestId}. Not taken."
        : !Enum.IsDefined(signal.Side) ? $"Signal {signal.Id} is for side {signal.Side}; expected Long or Short. Not taken."
        : signal.Confidence is not (>= 0d and <= 1d) ? $"Signal {signal.Id} has a confidence of {signal.Confidence}; expected 0 to 1. Not taken."
        : null;

    private static Decision<DirectionalEvent> Ignore(string code, DirectionalSignal signal, string why) =>
        Decision<DirectionalEvent>.Refuse($"{Area}.{code}", $"Signal {signal.Id} {signal.Side}: {why}. Not taken; nothing changed.");

    private static bool IsId(string? id) => id is { Length: >= 1 and <= DirectionalPolicy.LongestId };

    private static Decision<DirectionalEvent> OnStart(DirectionalState state, DirectionalInput.Start start) =>
        state.IsLive && start.Incarnation == state.Incarnation ? Decision<DirectionalEvent>.Nothing
        : state.IsLive || start.Incarnation != state.Incarnation + 1
            ? Decision<DirectionalEvent>.Refuse("directional.cannot-start",
                $"{start.By} asked to start incarnation {start.Incarnation}; incarnation {state.Incarnation} is {state.Mode}, and only an idle or terminated strategy starts the next one. Nothing changed.")
        : Decision<DirectionalEvent>.Of(new DirectionalEvent.Started(start.Incarnation, start.By, start.At));

    private static Decision<DirectionalEvent> OnAdopt(DirectionalPolicy policy, Instrument instrument, DirectionalState state, DirectionalInput.Adopt adopt)
    {
        if (state.IsLive && adopt.Incarnation == state.Incarnation) return Decision<DirectionalEvent>.Nothing;
        if (state.IsLive || adopt.Incarnation != state.Incarnation + 1)
        {
            return Decision<DirectionalEvent>.Refuse("directional.cannot-adopt",
                $"{adopt.By} asked incarnation {adopt.Incarnation} to take legs over; incarnation {state.Incarnation} is {state.Mode}, and only an idle or terminated strategy starts the next one. Nothing changed.");
        }
        if (adopt.Legs.Check(Area, instrument) is { } absurd) return new Decision<DirectionalEvent>([], absurd);
        if (!Plausible.Is(adopt.Mark))
            return Decision<DirectionalEvent>.Refuse("directional.absurd-price", $"{adopt.By} handed legs over at {adopt.Mark}; no market has that price. Nothing changed.");
        var after = state.With(state.Ledger.Adopt(adopt.Legs));
        var (isLong, isShort) = (IsClosable(instrument, after, PositionSide.Long), IsClosable(instrument, after, PositionSide.Short));
        if (isLong == isShort)
        {
            return Decision<DirectionalEvent>.Refuse("directional.not-one-leg",
                $"{instrument.Symbol.Name}: expected one leg and the other flat; came {after.Legs.Long} long and {after.Legs.Short} short. Not taken over.");
        }
        var side = isLong ? PositionSide.Long : PositionSide.Short;
        var entry = EntryOf(after, side, adopt.Mark);
        return ExitBrain.IsBeyondAnyStop(policy.Exits, side, entry, adopt.Mark)
            ? Decision<DirectionalEvent>.Refuse("directional.beyond-any-stop",
                $"{instrument.Symbol.Name} {side} from {entry}: at {adopt.Mark} it has lost more than any plan may risk ({policy.Exits.Settings.MostStop} of log price) and would be closed at once. Not taken over; whoever holds it decides.")
            : Decision<DirectionalEvent>.Of(new DirectionalEvent.Adopted(adopt.Incarnation, adopt.By, adopt.Legs, side, adopt.Mark, adopt.At));
    }

    private static Decision<DirectionalEvent> OnRelease(DirectionalState state, DirectionalInput.Release release) =>
        release.Incarnation != state.Incarnation ? OtherIncarnation(state, release.By, release.Incarnation)
        : !state.IsLive
            ? Decision<DirectionalEvent>.Refuse("directional.nothing-to-release", $"{release.By} asked for the legs; the strategy is {state.Mode} and manages none. Nothing changed.")
        : LegFacts.Release<DirectionalEvent, DirectionalDecision>(
            Area, state.Ledger, release.By, state.ReleaseWantedBy,
            () => new DirectionalEvent.ReleaseWanted(release.By, release.At), legs => new DirectionalEvent.Released(release.By, legs, release.At));

    private static Decision<DirectionalEvent> OnPause(DirectionalState state, DirectionalInput.Pause pause) =>
        pause.Incarnation != state.Incarnation ? OtherIncarnation(state, pause.By, pause.Incarnation)
        : state.Mode == DirectionalMode.Active ? Decision<DirectionalEvent>.Of(new DirectionalEvent.Paused(pause.By, pause.At))
        : state.Mode == DirectionalMode.Pause ? Decision<DirectionalEvent>.Nothing
        : NotLive(state, pause.By, "a pause");

    private static Decision<DirectionalEvent> OnResume(DirectionalState state, DirectionalInput.Resume resume) =>
        resume.Incarnation != state.Incarnation ? OtherIncarnation(state, resume.By, resume.Incarnation)
        : state.Mode == DirectionalMode.Pause ? Decision<DirectionalEvent>.Of(new DirectionalEvent.Resumed(resume.By, resume.At))
        : state.Mode == DirectionalMode.Active ? Decision<DirectionalEvent>.Nothing
        : NotLive(state, resume.By, "signals to be taken again");

    private static Decision<DirectionalEvent> OnRequestExit(DirectionalPolicy policy, Instrument instrument, DirectionalState state, DirectionalInput.RequestExit request) =>
        request.Incarnation != state.Incarnation ? OtherIncarnation(state, request.By, request.Incarnation)
        : state.Mode == DirectionalMode.Exit ? Decision<DirectionalEvent>.Nothing
        : state.IsLive ? WithDue(policy, instrument, state, new DirectionalEvent.ExitRequested(request.By, request.At))
        : NotLive(state, request.By, "an exit");

    private static Decision<DirectionalEvent> NotLive(DirectionalState state, string by, string what) =>
        Decision<DirectionalEvent>.Refuse("directional.not-active", $"{by} asked for {what}; the strategy is {state.Mode}. Nothing changed.");

    private static Decision<DirectionalEvent> OtherIncarnation(DirectionalState state, string by, int meant) =>
        Decision<DirectionalEvent>.Refuse("directional.other-incarnation", $"{by} meant incarnation {meant}; {state.Incarnation} is the current one. Nothing changed.");
}
