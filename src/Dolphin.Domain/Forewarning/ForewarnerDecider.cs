using System.Diagnostics;
using System.Globalization;

namespace Dolphin.Domain.Forewarning;

/// <summary>
/// Refits on a schedule and when the market has moved; the old model serves until the new one is proven. Same state and input, same events.
/// </summary>
public static class ForewarnerDecider
{
    private const string WorseThanChampion = "forewarner.worse-than-champion";

    public static Decision<ForewarnerEvent> Decide(ForewarnerPolicy policy, ForewarnerState state, ForewarnerInput input) => input switch
    {
        ForewarnerInput.Look i => OnLook(policy, state, i),
        ForewarnerInput.Fitted i => OnFitted(policy, state, i),
        ForewarnerInput.Failed i => state.Fitting?.Number == i.Number
            ? Decision<ForewarnerEvent>.Of(new ForewarnerEvent.FitFailed(i.Number, i.Why.Code, i.Why.Reason, i.At + policy.RetryAfter, i.At))
            : Decision<ForewarnerEvent>.Nothing,
        _ => throw new UnreachableException($"No rule for {input}."),
    };

    /// <summary>The state after one stored event. Total: every event can be folded into every state.</summary>
    public static ForewarnerState Evolve(ForewarnerState state, ForewarnerEvent @event)
    {
        var next = @event switch
        {
            ForewarnerEvent.FitWanted e => state with { Fitting = new FitUnderWay(e.Number, e.Reason, e.At), Fits = e.Number, NotBefore = e.NotBefore },
            ForewarnerEvent.MarketMoved e => state with { MovedAt = e.At },
            ForewarnerEvent.ChampionChanged e => state with { Champion = e.Champion, ServesSince = e.At, Fitting = null, NotBefore = e.NotBefore, MovedAt = null, ProvenAt = e.At },
            ForewarnerEvent.ChallengerRejected e => state with { Fitting = null, NotBefore = e.NotBefore, ProvenAt = e.Code == WorseThanChampion ? e.At : state.ProvenAt },
            ForewarnerEvent.FitFailed e => state with { Fitting = null, NotBefore = e.NotBefore },
            ForewarnerEvent.LeverageHalved e => state with { Outside = e.Standing.Outside },
            ForewarnerEvent.LeverageRestored => state with { Outside = 0 },
            _ => throw new UnreachableException($"Cannot fold {@event.GetType().Name}; skipping it would corrupt the forewarner's state."),
        };
        var action = new ForewarnerAction(@event.At, @event.ToText());
        return next with { Actions = [.. state.Actions.Length < ForewarnerState.MostActions ? state.Actions : state.Actions.RemoveAt(0), action] };
    }

    private static Decision<ForewarnerEvent> OnLook(ForewarnerPolicy policy, ForewarnerState state, ForewarnerInput.Look look)
    {
        if (state.Fitting is { } fitting && look.At - fitting.Since >= policy.FitTimeout)
        {
            return Decision<ForewarnerEvent>.Of(new ForewarnerEvent.FitFailed(fitting.Number, "forewarner.fit-timeout", string.Create(CultureInfo.InvariantCulture,
                $"Fit {fitting.Number} began at {fitting.Since:u} and has said nothing; expected a model within {policy.FitTimeout}. It is given up."), look.At + policy.RetryAfter, look.At));
        }
        ForewarnerEvent.MarketMoved? moved = state is { Champion: not null, MovedAt: null } && look.Fitness is { HasMoved: true } fitness
            ? new ForewarnerEvent.MarketMoved(fitness.Distance, fitness.VolatilityRatio, look.At)
            : null;
        var after = moved is null ? state : Evolve(state, moved);
        ForewarnerEvent.FitWanted? wanted = ReasonToFit(policy, after, look.At) is var reason and not FitReason.None
            ? new ForewarnerEvent.FitWanted(state.Fits + 1, reason, look.At + policy.RetryAfter, look.At)
            : null;
        return (moved, wanted) switch
        {
            ({ } m, { } w) => Decision<ForewarnerEvent>.Of(m, w),
            ({ } m, null) => Decision<ForewarnerEvent>.Of(m),
            (null, { } w) => Decision<ForewarnerEvent>.Of(w),
            _ => Decision<ForewarnerEvent>.Nothing,
        };
    }

    private static FitReason ReasonToFit(ForewarnerPolicy policy, ForewarnerState state, DateTimeOffset at) => state switch
    {
        { Fitting: not null } => FitReason.None,
        _ when at < state.NotBefore => FitReason.None,
        { Champion: null } => FitReason.NoModel,
        { MovedAt: not null } => FitReason.MarketMoved,
        { ServesSince: { } since } when at - since >= policy.RefitEvery => FitReason.Schedule,
        _ => FitReason.None,
    };

    private static Decision<ForewarnerEvent> OnFitted(ForewarnerPolicy policy, ForewarnerState state, ForewarnerInput.Fitted fitted)
    {
        var card = fitted.Challenger;
        if (state.Fitting?.Number != card.Number) return Decision<ForewarnerEvent>.Nothing; // Given up already, or told twice.
        if (Objection(policy, card.Proof, fitted.ChampionOnSame) is { } objection)
            return Decision<ForewarnerEvent>.Of(new ForewarnerEvent.ChallengerRejected(card, objection.Code, objection.Reason, fitted.At + policy.RetryAfter, fitted.At));
        var changed = new ForewarnerEvent.ChampionChanged(card, fitted.ChampionOnSame, fitted.At + policy.RetryAfter, fitted.At);
        if (fitted.Live.Outside == state.Outside) return Decision<ForewarnerEvent>.Of(changed);
        return fitted.Live.Outside > 0
            ? Decision<ForewarnerEvent>.Of(changed, new ForewarnerEvent.LeverageHalved(fitted.Live, fitted.At))
            : Decision<ForewarnerEvent>.Of(changed, new ForewarnerEvent.LeverageRestored(fitted.Live, fitted.At));
    }

    /// <summary>Why a model may not serve, or null if it is proven.</summary>
    /// <param name="champion">How the model that serves judges the same trials; null where none does.</param>
    public static Refusal? Objection(ForewarnerPolicy policy, in EnvelopeProof challenger, EnvelopeProof? champion)
    {
        if (!(challenger.Recall >= policy.LeastRecall))
        {
            return new Refusal("forewarner.recall-too-low", string.Create(CultureInfo.InvariantCulture,
                $"It calls {challenger.Recall:0.0%} of {challenger.Catastrophes} held-out catastrophes outside; expected at least {policy.LeastRecall:0.0%}. It does not serve."));
        }
        if (!(challenger.FalseAlarm <= policy.MostFalseAlarm))
        {
            return new Refusal("forewarner.false-alarms", string.Create(CultureInfo.InvariantCulture,
                $"It calls {challenger.FalseAlarm:0.0%} of {challenger.Others} held-out trials outside that were no catastrophe; expected at most {policy.MostFalseAlarm:0.0%}. It does not serve."));
        }
        return champion is { } served && Skill(challenger) < Skill(served) - policy.MayBeWorseBy
            ? new Refusal(WorseThanChampion, string.Create(CultureInfo.InvariantCulture,
                $"Recall less false alarm is {Skill(challenger):0.000}; the model that serves has {Skill(served):0.000} on the same trials, and {policy.MayBeWorseBy} may be lost. It does not serve."))
            : null;
    }

    /// <summary>
    /// How old the champion's word is, as L3 reads it; zero where none serves. Time counts from where the champion should have been proven again and was not: by
    /// its schedule with one retry, and after the market has moved. Less information is never more risk: it grows with <paramref name="unseen"/> too.
    /// </summary>
    /// <param name="unseen">How long nothing has been seen of the market, beyond what is usual.</param>
    public static TimeSpan AgeAt(ForewarnerPolicy policy, ForewarnerState state, TimeSpan unseen, DateTimeOffset at)
    {
        if (state.ProvenAt is not { } proven) return TimeSpan.Zero;
        var late = at - proven - policy.RefitEvery - policy.RetryAfter - policy.FitTimeout;
        if (state.MovedAt is { } moved) late = Longer(late, at - (moved > proven ? moved : proven) - policy.RetryAfter - policy.FitTimeout);
        return Longer(Longer(late, unseen), TimeSpan.Zero);
    }

    private static TimeSpan Longer(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private static double Skill(in EnvelopeProof proof) => proof.Recall - proof.FalseAlarm;
}
