using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.SizeLearning;

/// <summary>
/// The position-size agent: learns from closed positions whether the next one should be larger or smaller, between half and one and a half times, and
/// is heard only while it has shown that this earns more than the constant 1. Same state and input, same events.
/// </summary>
/// <remarks>
/// Profit is linear in size, so one position's return per notional says what any size would have earned: every multiplier can be judged by every
/// outcome, used or not, and the learner can learn and prove itself in the shadow. What there is to learn is the sign of the expected return in a context,
/// and how sure it is; the multiplier follows from both.
/// </remarks>
public static class SizeLearner
{
    /// <summary>Quote; a position of less is none.</summary>
    public const decimal LeastNotional = 0.000001m;

    /// <summary>Relative; evidence that has been brought down to what is needed may be this far below it, by rounding only.</summary>
    internal const double Rounding = 1e-9;

    /// <summary>What the learner would do in a context: 1 + half of (expected return / its error / full-at), the quotient held within -1 to 1.</summary>
    /// <returns>0.5 to 1.5, hundredths.</returns>
    public static decimal Offer(SizeLearningPolicy policy, ReturnModel model, in ScaledContext context)
    {
        var estimate = model.At(policy, context);
        var sureness = estimate.Mean / (estimate.Error * policy.Settings.FullAt);
        return double.IsNaN(sureness) ? SizeLearningPolicy.Constant : Hundredths(1 + 0.5 * Math.Clamp(sureness, -1, 1));
    }

    /// <summary>The multiplier for a position that is to be opened. A question: nothing is remembered until <see cref="SizeInput.Open"/>.</summary>
    /// <param name="seed">The run's; exploration is drawn from it and the id, so a replay repeats it and a second question has the same answer.</param>
    public static SizeChoice Choose(SizeLearningPolicy policy, SizeLearnerState state, EpisodeId id, in SizeContext context, ulong seed)
    {
        var scaled = policy.Scale(context);
        var offered = Offer(policy, state.Model, scaled);
        if (!state.Trusted) return new SizeChoice(scaled, offered, SizeLearningPolicy.Constant, Explored: false);
        var chance = new Chance(seed ^ id.Fingerprint);
        if (!chance.NextBool(policy.Settings.ExplorationShare)) return new SizeChoice(scaled, offered, offered, Explored: false);
        return new SizeChoice(scaled, offered, Hundredths((double)offered + policy.Settings.ExplorationReach * (2 * chance.NextUnit() - 1)), Explored: true);
    }

    private static decimal Hundredths(double multiplier) =>
        Math.Clamp((long)Math.Floor(multiplier * 100 + 0.5) / 100m, SizeLearningPolicy.Least, SizeLearningPolicy.Most);

    public static Decision<SizeEvent> Decide(SizeLearningPolicy policy, SizeLearnerState state, SizeInput input)
    {
        var draft = new Draft(policy, state);
        draft.Expire(input.At);
        var refusal = input switch
        {
            SizeInput.Open i => OnOpen(draft, i),
            SizeInput.Close i => OnClose(draft, i),
            SizeInput.Withdraw i => OnWithdraw(draft, i),
            SizeInput.Tick => null,
            _ => throw new UnreachableException($"No rule for {input}."),
        };
        return refusal is null && draft.IsEmpty ? Decision<SizeEvent>.Nothing : new Decision<SizeEvent>(draft.Events, refusal);
    }

    private static Refusal? OnOpen(Draft draft, SizeInput.Open open)
    {
        var (id, choice, book) = (open.Id, open.Choice, draft.State.Episodes);
        if (!id.IsGood)
        {
            return new Refusal("size-learning.bad-id",
                $"An episode was opened with a name of {id.Value?.Length ?? 0} characters; expected 1 to {EpisodeId.LongestValue}. Nothing is learned from it.");
        }
        if (book.Find(id) is not null || book.HasEnded(id)) return null;
        if (!IsGood(choice))
        {
            return new Refusal("size-learning.bad-choice", string.Create(CultureInfo.InvariantCulture,
                $"Episode {id} was opened with {choice.Offered} offered and {choice.Used} used, {choice.EffectiveOffered} and {choice.Effective} in effect, in {choice.Context}; expected multipliers of {SizeLearningPolicy.Least} to {SizeLearningPolicy.Most} and a context of -1 to 1. Nothing is learned from it."));
        }
        if (book.Open.Length >= draft.Policy.Settings.MaxOpen)
        {
            return new Refusal("size-learning.too-many-open",
                $"Episode {id} is one more than the {draft.Policy.Settings.MaxOpen} that may be open. Its multiplier is 1, and nothing is learned from it.");
        }
        draft.Add(new SizeEvent.EpisodeOpened(id, choice, Witness: !book.AwaitsWitness, open.At));
        return null;
    }

    private static Refusal? OnClose(Draft draft, SizeInput.Close close)
    {
        if (draft.State.Episodes.Find(close.Id) is null) return NotOpen(draft, close.Id);
        var (profit, notional, settings) = (close.Profit.Quote, close.Notional.Quote, draft.Policy.Settings);
        if (notional is < LeastNotional or > Plausible.HighestNotional || Math.Abs(profit) > Plausible.HighestNotional)
        {
            return new Refusal("size-learning.absurd-outcome", string.Create(CultureInfo.InvariantCulture,
                $"Episode {close.Id} is said to have earned {close.Profit} with {close.Notional}; expected a notional of {LeastNotional} to {Plausible.HighestNotional} and a profit of that size at most. Ignored; it stays open until a better word, or until it expires."));
        }
        var outcome = Math.Clamp((double)(profit / notional), -settings.OutcomeBound, settings.OutcomeBound);
        draft.Add(new SizeEvent.EpisodeClosed(
            close.Id, close.Profit, close.Notional, outcome, settings.OutcomeBound, draft.Policy.Kept, draft.Policy.EvidenceNeeded, close.At));
        draft.Judge(close.At);
        return null;
    }

    private static Refusal? OnWithdraw(Draft draft, SizeInput.Withdraw withdraw)
    {
        if (draft.State.Episodes.Find(withdraw.Id) is null) return NotOpen(draft, withdraw.Id);
        draft.Add(new SizeEvent.EpisodeWithdrawn(withdraw.Id, withdraw.At));
        return null;
    }

    private static Refusal? NotOpen(Draft draft, EpisodeId id) => draft.State.Episodes.HasEnded(id)
        ? null
        : new Refusal("size-learning.unknown-episode", $"Episode {id} is not open: expected one of {draft.State.Episodes.Open.Length} that are. Ignored; nothing is learned from it.");

    private static bool IsGood(SizeChoice choice)
    {
        Span<double> features = stackalloc double[ReturnModel.Features];
        choice.Context.CopyTo(features);
        foreach (var feature in features)
            if (!(feature is >= -1 and <= 1)) return false;
        return IsMultiplier(choice.Offered) && IsMultiplier(choice.Used) && IsMultiplier(choice.EffectiveOffered) && IsMultiplier(choice.Effective);

        static bool IsMultiplier(decimal multiplier) => multiplier is >= SizeLearningPolicy.Least and <= SizeLearningPolicy.Most;
    }

    /// <summary>The state after one stored event. Total; reads no policy and validates nothing: the past is not up for debate.</summary>
    public static SizeLearnerState Evolve(SizeLearnerState state, SizeEvent @event) => @event switch
    {
        SizeEvent.EpisodeOpened e => state with
        {
            LastEventAt = e.At, Episodes = state.Episodes.Find(e.Id) is null ? state.Episodes.With(new OpenEpisode(e.Id, e.Choice, e.Witness, e.At)) : state.Episodes,
        },
        // Events of another history may end what was never open here; then only time passes.
        SizeEvent.EpisodeClosed e => state.Episodes.Find(e.Id) is { } episode ? Closed(state, episode, e) : state with { LastEventAt = e.At },
        SizeEvent.EpisodeExpired e => state.Episodes.Find(e.Id) is { } episode ? Expired(state, episode, e.At) : state with { LastEventAt = e.At },
        SizeEvent.EpisodeWithdrawn e => state.Episodes.Find(e.Id) is { } episode
            ? state with { LastEventAt = e.At, Episodes = state.Episodes.Without(episode), Counts = state.Counts with { Withdrawn = state.Counts.Withdrawn + 1 } }
            : state with { LastEventAt = e.At },
        SizeEvent.TrustEarned e => state with { LastEventAt = e.At, TrustedSince = e.At },
        // What is left above 1 is put away: trust lost is earned again from the beginning, at the same price.
        SizeEvent.TrustLost e => state with
        {
            LastEventAt = e.At, TrustedSince = null, TrustLosses = state.TrustLosses + 1, LastLoss = e.Cause, Trust = state.Trust.AtMost(1),
        },
        _ => throw new UnreachableException($"Cannot fold {@event.GetType().Name}; skipping it would corrupt the size learner's state."),
    };

    private static SizeLearnerState Closed(SizeLearnerState state, OpenEpisode episode, SizeEvent.EpisodeClosed e)
    {
        var (choice, counts) = (episode.Choice, state.Counts);
        // Profit is linear in size: this is what the constant would have earned.
        var constant = e.Profit.Quote / choice.Effective;
        return state with
        {
            LastEventAt = e.At,
            Model = state.Model.After(choice.Context, e.Outcome, e.Kept),
            Trust = episode.Witness ? state.Trust.After(Gain(choice, e.Outcome / e.Bound)).AtMost(e.MostEvidence) : state.Trust,
            Episodes = state.Episodes.Without(episode),
            Counts = counts with
            {
                Closed = counts.Closed + 1, Explored = counts.Explored + (choice.Explored ? 1 : 0),
                Bounded = counts.Bounded + (Math.Abs(e.Outcome) >= e.Bound ? 1 : 0), Witnesses = counts.Witnesses + (episode.Witness ? 1 : 0),
            },
            // By what they did to the size: what a cap kept from changing anything was no better and no worse than the constant.
            RegretOffered = state.RegretOffered + Regret(choice.EffectiveOffered, constant),
            RegretUsed = state.RegretUsed + Regret(choice.Effective, constant),
            Returns = state.Returns.After(e.Outcome),
            Up = choice.Explored && choice.Effective > choice.EffectiveOffered ? state.Up.After(e.Outcome) : state.Up,
            Down = choice.Explored && choice.Effective < choice.EffectiveOffered ? state.Down.After(e.Outcome) : state.Down,
        };
    }

    private static SizeLearnerState Expired(SizeLearnerState state, OpenEpisode episode, DateTimeOffset at) => state with
    {
        LastEventAt = at,
        Trust = episode.Witness ? state.Trust.After(-Math.Abs(Gain(episode.Choice, 1))) : state.Trust,
        Episodes = state.Episodes.Without(episode),
        Counts = state.Counts with { Expired = state.Counts.Expired + 1, Witnesses = state.Counts.Witnesses + (episode.Witness ? 1 : 0) },
    };

    // -1 to 1: what the offer would have won over the constant, of the most that the range and the bound allow.
    private static double Gain(SizeChoice choice, double outcome) => (double)(choice.EffectiveOffered - SizeLearningPolicy.Constant) * 2 * outcome;

    // Eight decimals keep the sum exact for ever.
    private static Money Regret(decimal multiplier, decimal constant) => new(decimal.Round((SizeLearningPolicy.Constant - multiplier) * constant, 8));

    /// <summary>Events in the making, and the state that they lead to.</summary>
    private sealed class Draft(SizeLearningPolicy policy, SizeLearnerState state)
    {
        private ImmutableArray<SizeEvent> _events = [];

        public SizeLearningPolicy Policy => policy;
        public SizeLearnerState State { get; private set; } = state;
        public ImmutableArray<SizeEvent> Events => _events;
        public bool IsEmpty => _events.IsEmpty;

        public void Add(SizeEvent @event)
        {
            _events = _events.Add(@event);
            State = Evolve(State, @event);
        }

        public void Expire(DateTimeOffset now)
        {
            foreach (var episode in State.Episodes.Open)
            {
                if (now - episode.At < policy.Settings.ExpireAfter) continue;
                Add(new SizeEvent.EpisodeExpired(episode.Id, now));
                Judge(now);
            }
        }

        /// <summary>Whether trust is earned, or lost, by what has just become known.</summary>
        public void Judge(DateTimeOffset now)
        {
            var (evidence, needed, regret) = (State.Trust.Evidence, policy.EvidenceNeeded, State.RegretOffered);
            if (State.Trusted)
            {
                if (evidence < policy.Settings.LoseAt) Add(new SizeEvent.TrustLost(TrustLoss.Evidence, evidence, policy.Settings.LoseAt, regret, now));
                else if (regret > Money.Zero) Add(new SizeEvent.TrustLost(TrustLoss.Regret, evidence, policy.Settings.LoseAt, regret, now));
            }
            else if (evidence >= needed * (1 - Rounding) && State.Counts.Witnesses >= policy.Settings.MinEpisodes && regret < Money.Zero)
            {
                Add(new SizeEvent.TrustEarned(evidence, needed, State.Counts.Witnesses, regret, now));
            }
        }
    }
}
