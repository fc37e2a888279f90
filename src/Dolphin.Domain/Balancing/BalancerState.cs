using System.Collections.Immutable;
using System.Diagnostics;
using System.Numerics;
using System.Text.Json.Serialization;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.Balancing;

/// <summary>How often each action was asked for since the beginning.</summary>
public readonly record struct ActionCounts(long ReduceMargin, long Reduce, long Expand, long Hedge, long Rebalance)
{
    public long Total => ReduceMargin + Reduce + Expand + Hedge + Rebalance;

    public long this[BalancerAction action] => action switch
    {
        BalancerAction.ReduceMargin => ReduceMargin,
        BalancerAction.Reduce => Reduce,
        BalancerAction.Expand => Expand,
        BalancerAction.Hedge => Hedge,
        BalancerAction.Rebalance => Rebalance,
        _ => throw new UnreachableException($"No count for {action}."),
    };

    public ActionCounts OneMore(BalancerAction action) => action switch
    {
        BalancerAction.ReduceMargin => this with { ReduceMargin = ReduceMargin + 1 },
        BalancerAction.Reduce => this with { Reduce = Reduce + 1 },
        BalancerAction.Expand => this with { Expand = Expand + 1 },
        BalancerAction.Hedge => this with { Hedge = Hedge + 1 },
        BalancerAction.Rebalance => this with { Rebalance = Rebalance + 1 },
        _ => throw new UnreachableException($"No count for {action}."),
    };
}

/// <summary>When the check behind each action last acted; null before the first time.</summary>
public readonly record struct ActedAt(
    DateTimeOffset? ReduceMargin, DateTimeOffset? Reduce, DateTimeOffset? Expand, DateTimeOffset? Hedge, DateTimeOffset? Rebalance)
{
    public ActedAt With(BalancerAction action, DateTimeOffset at) => action switch
    {
        BalancerAction.ReduceMargin => this with { ReduceMargin = at },
        BalancerAction.Reduce => this with { Reduce = at },
        BalancerAction.Expand => this with { Expand = at },
        BalancerAction.Hedge => this with { Hedge = at },
        BalancerAction.Rebalance => this with { Rebalance = at },
        _ => throw new UnreachableException($"No time for {action}."),
    };

    /// <summary>The checks whose cadence allows them to act.</summary>
    public BalancerChecks Due(DateTimeOffset now) =>
        Due(ReduceMargin, BalancerAction.ReduceMargin, BalancerChecks.MarginOverload, now)
        | Due(Reduce, BalancerAction.Reduce, BalancerChecks.SymbolExposure, now)
        | Due(Expand, BalancerAction.Expand, BalancerChecks.Diversification, now)
        | Due(Hedge, BalancerAction.Hedge, BalancerChecks.Divergence, now)
        | Due(Rebalance, BalancerAction.Rebalance, BalancerChecks.SymbolWeight, now);

    private static BalancerChecks Due(DateTimeOffset? last, BalancerAction action, BalancerChecks check, DateTimeOffset now) =>
        last is { } at && now - at < action.Cadence() ? BalancerChecks.None : check;
}

/// <summary>What became of commands that are not open any more.</summary>
/// <param name="Done">Of a cut: the legs are at or below what was asked.</param>
/// <param name="Forgotten">Fell out of the stream while they were open; what an executor says of them later changes nothing.</param>
/// <param name="GrowthDeclined">No part of the sum: answers of holders that would not open or grow. A command can ask several.</param>
public readonly record struct CommandOutcomes(
    long Done, long Rejected, long Expired, long Forgotten, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] long GrowthDeclined = 0);

/// <summary>The answer of one who was asked to open or grow.</summary>
/// <param name="Did">It did something of it.</param>
public sealed record GrowthAnswer(long Id, Symbol Symbol, bool Did);

/// <summary>Everything the balancer remembers, and nothing it could not recover from its events.</summary>
/// <param name="LastCommandId">0 before the first command.</param>
/// <param name="Commands">The stream of commands.</param>
/// <param name="Open">Ids of commands that nobody has answered and that have not expired. A part of <paramref name="Commands"/>, so it has the same bound.</param>
/// <param name="Alerts">The stream of alerts.</param>
/// <param name="Throttled">Alerts that were not told.</param>
/// <param name="MarginOverloadToldAt">When the alert of that kind was last told, or null.</param>
/// <param name="HighDivergenceToldAt">When the alert of that kind was last told, or null.</param>
/// <param name="LastCycleAt">Time of the last look that was judged or skipped, or null.</param>
/// <param name="LastSkip">Why the last look was skipped, or null if it was judged.</param>
/// <param name="LastMetrics">The portfolio at the last look that was judged.</param>
/// <param name="Wished">Growth that was wished for of late; null before the first wish.</param>
/// <param name="Taken">Those of <paramref name="Open"/> that a holder has taken and has not finished; null before the first.</param>
/// <param name="Answers">Of those who were asked to open or grow, the newest; null before the first.</param>
/// <param name="Unwilling">Symbols whose holder declined to open or grow of late; null before the first.</param>
/// <param name="Cut">Symbols that a command has made smaller of late; null before the first.</param>
/// <param name="Stuck">Symbols that a command was to make smaller of late, in vain; null before the first.</param>
/// <param name="PartedWith">As for <see cref="Assessment.PartedWith"/>.</param>
public sealed record BalancerState(
    long LastCommandId, RecentLog<BalancerCommand> Commands, OpenCommands Open, CommandOutcomes Outcomes, ActionCounts Actions, ActedAt ActedAt,
    RecentLog<BalancerAlert> Alerts, long Throttled, DateTimeOffset? MarginOverloadToldAt, DateTimeOffset? HighDivergenceToldAt,
    DateTimeOffset? LastCycleAt, long CyclesAssessed, long CyclesSkipped, Refusal? LastSkip, PortfolioMetrics? LastMetrics, ImmutableArray<string> LastNotes,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] WishBook? Wished = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] OpenCommands? Taken = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] RecentLog<GrowthAnswer>? Answers = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] WishBook? Unwilling = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] WishBook? Cut = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] WishBook? Stuck = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Money? PartedWith = null)
{
    public static BalancerState Initial { get; } = new(
        LastCommandId: 0, RecentLog<BalancerCommand>.Empty, OpenCommands.None, default, default, default,
        RecentLog<BalancerAlert>.Empty, Throttled: 0, MarginOverloadToldAt: null, HighDivergenceToldAt: null,
        LastCycleAt: null, CyclesAssessed: 0, CyclesSkipped: 0, LastSkip: null, LastMetrics: null, LastNotes: []);

    /// <summary>The command with this id; null if it has fallen out of the stream, or never was in it.</summary>
    public BalancerCommand? Find(long id)
    {
        var (from, to) = (0, Commands.Count - 1); // Ids rise.
        while (from <= to)
        {
            var middle = (from + to) / 2;
            if (Commands[middle].Id == id) return Commands[middle];
            if (Commands[middle].Id < id) from = middle + 1;
            else to = middle - 1;
        }
        return null;
    }

    /// <summary>A holder has taken it and has not finished.</summary>
    public bool IsTaken(long id) => Taken is { } taken && taken.Contains(id);

    /// <summary>What the holder of a symbol answered to a command that asked it to open or grow, or null.</summary>
    public GrowthAnswer? AnswerTo(long id, Symbol symbol)
    {
        foreach (var answer in Answers ?? RecentLog<GrowthAnswer>.Empty)
        {
            if (answer.Id == id && answer.Symbol == symbol) return answer;
        }
        return null;
    }

    /// <summary>When an alert of this kind was last told.</summary>
    public DateTimeOffset? ToldAt(AlertKind kind) => kind switch
    {
        AlertKind.MarginOverload => MarginOverloadToldAt,
        AlertKind.HighDivergence => HighDivergenceToldAt,
        _ => throw new UnreachableException($"No time for {kind}."),
    };
}

/// <summary>Which commands wait for an answer. Immutable; equal when the ids are.</summary>
/// <remarks>Ids rise by one and only those in the stream can be open, so that one bit for each of the newest ids is enough.</remarks>
public sealed class OpenCommands : IEquatable<OpenCommands>
{
    private const int Kept = 512; // The first power of two that holds RecentLog.Bound.

    private readonly ulong[] _bits;
    private readonly long _newest;

    private OpenCommands(ulong[] bits, long newest) => (_bits, _newest) = (bits, newest);

    public static OpenCommands None { get; } = new(new ulong[Kept / 64], newest: 0);

    /// <summary>As it was. Ids that are none of the newest are left out.</summary>
    /// <param name="newest">The highest id that ever waited; 0 if none has.</param>
    public static OpenCommands Of(long newest, IEnumerable<long> ids)
    {
        var bits = new ulong[Kept / 64];
        foreach (var id in ids)
        {
            if (id > 0 && id <= newest && id > newest - Kept) bits[Word(id)] |= Bit(id);
        }
        return new OpenCommands(bits, newest);
    }

    /// <summary>The highest id that ever waited; 0 if none has.</summary>
    public long Newest => _newest;

    /// <summary>Rising.</summary>
    public ImmutableArray<long> Ids
    {
        get
        {
            var ids = ImmutableArray.CreateBuilder<long>();
            for (var id = Math.Max(1, _newest - Kept + 1); id <= _newest; id++)
            {
                if (Contains(id)) ids.Add(id);
            }
            return ids.DrainToImmutable();
        }
    }

    public int Count
    {
        get
        {
            var count = 0;
            foreach (var word in _bits) count += BitOperations.PopCount(word);
            return count;
        }
    }

    public bool Contains(long id) => id > 0 && id <= _newest && id > _newest - Kept && (_bits[Word(id)] & Bit(id)) != 0;

    public OpenCommands With(long id)
    {
        var bits = (ulong[])_bits.Clone();
        bits[Word(id)] |= Bit(id);
        return new OpenCommands(bits, Math.Max(_newest, id));
    }

    public OpenCommands Without(long id)
    {
        if (!Contains(id)) return this;
        var bits = (ulong[])_bits.Clone();
        bits[Word(id)] &= ~Bit(id);
        return new OpenCommands(bits, _newest);
    }

    public bool Equals(OpenCommands? other) => other is not null && _newest == other._newest && _bits.AsSpan().SequenceEqual(other._bits);
    public override bool Equals(object? obj) => Equals(obj as OpenCommands);
    public override int GetHashCode() => HashCode.Combine(_newest, Count);

    private static int Word(long id) => (int)((ulong)id % Kept / 64);
    private static ulong Bit(long id) => 1UL << (int)((ulong)id % 64);
}
