using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Dolphin.Domain.AutoExecution;
using Dolphin.Domain.Balancing;

namespace Dolphin.Domain.Reporting;

/// <summary>What became of a command.</summary>
public enum CommandFate
{
    /// <summary>Nobody has answered yet, and its time is not over.</summary>
    Open,
    /// <summary>The holder did it, or it was so already; of a wish: it has come true.</summary>
    Done,
    /// <summary>Executor or holder would not do it.</summary>
    Rejected,
    /// <summary>Nobody said in time what became of it; of a wish: nobody took it.</summary>
    Expired,
    /// <summary>It was answered, and this process does not know how: it began later.</summary>
    Answered,
}

/// <param name="Code">Why it was rejected; else null.</param>
public sealed record CommandAnswer(long Id, CommandFate Fate, string? Code)
{
    /// <returns>Null for what is no answer.</returns>
    public static CommandAnswer? Of(BalancerEvent stored) => stored switch
    {
        BalancerEvent.CommandDone e => new CommandAnswer(e.Id, CommandFate.Done, null),
        BalancerEvent.CommandRejected e => new CommandAnswer(e.Id, CommandFate.Rejected, e.Code),
        BalancerEvent.CommandExpired e => new CommandAnswer(e.Id, CommandFate.Expired, null),
        _ => null,
    };
}

/// <summary>A command with what became of it.</summary>
/// <param name="Code">Why it was rejected; null of others, and where nobody knows.</param>
/// <param name="Instead">Why the executor asked the holder for legs that are smaller in place of one that is larger; null where it did not, and where nobody knows.</param>
/// <param name="AtMost">Those legs; null with <paramref name="Instead"/>.</param>
public sealed record ToldCommand(
    BalancerCommand Command, CommandFate Fate, string? Code, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Instead = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Market.Legs? AtMost = null);

/// <summary>The balancer's two streams, and what the executor made of the commands. Oldest first, the newest 500 of each.</summary>
/// <param name="Executor">How the commands ended for the executor, since the beginning.</param>
public sealed record BalancerStreams(ExecutorCounts Executor, ImmutableArray<ToldCommand> Commands, ImmutableArray<BalancerAlert> Alerts);

/// <summary>Balancer and executor as they stand, put into words only when somebody looks.</summary>
/// <param name="Limits">Under which they run.</param>
/// <param name="Answers">To commands, as far as whoever shows them has heard of them.</param>
public sealed record BalancerFace(BalancerSettings Limits, BalancerState State, ExecutorState Executor, RecentLog<CommandAnswer> Answers)
{
    public BalancerStatistics Statistics => BalancerStatistics.Of(Limits, State);

    public BalancerStreams Streams
    {
        get
        {
            var (answers, ends) = (new Dictionary<long, CommandAnswer>(Answers.Count), new Dictionary<long, EndedCommand>(Executor.Ended.Count)); // Looked up only.
            foreach (var answer in Answers) answers[answer.Id] = answer;
            foreach (var ended in Executor.Ended) ends[ended.Id] = ended;
            return new BalancerStreams(Executor.Counts, [.. State.Commands.Select(Told)], [.. State.Alerts]);

            ToldCommand Told(BalancerCommand command)
            {
                var end = ends.GetValueOrDefault(command.Id);
                var (fate, code) = answers.TryGetValue(command.Id, out var answer) ? (answer.Fate, answer.Code)
                    : (State.Open.Contains(command.Id) ? CommandFate.Open : end is not null ? Of(end.End) : CommandFate.Answered, null);
                return new ToldCommand(command, fate, code, end?.Instead, end is { Instead: not null, Trim: { } trim } ? trim.Wish.AtMost : null);
            }
        }
    }

    // What was asked of a holder ends with his answer, and that is not among what is remembered.
    private static CommandFate Of(CommandEnd end) => end switch
    {
        CommandEnd.DoneAlready => CommandFate.Done,
        CommandEnd.Refused or CommandEnd.Expired => CommandFate.Rejected,
        _ => CommandFate.Answered,
    };
}
