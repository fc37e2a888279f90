using System.Text.RegularExpressions;

namespace Dolphin.Hosting.Akka.Upgrades;

/// <summary>
/// Stands between what is logged and the node's log, for the time of a rolling upgrade: of messages from another node that this version cannot
/// read it says once who sent what. Everything else is handed on as it is.
/// </summary>
/// <remarks>
/// Akka.NET drops such a message and leaves the connection alone; it says so each time, with a stack trace, and names the sender only in the path of an
/// actor of its own. Bound: <see cref="Remembered"/> pairs of node and reason; at the bound all are forgotten, and each may be told once more.
/// </remarks>
public sealed partial class UnreadMessagesActor : ReceiveActor
{
    public const int Remembered = 256;
    private readonly HashSet<(string Node, string Why)> _told = []; // Asked, never walked through.

    /// <param name="log">Hears <see cref="LogEvent"/>.</param>
    public UnreadMessagesActor(IActorRef log)
    {
        Receive<Warning>(warning => SenderOf(warning) is not null, warning => Tell(log, SenderOf(warning)!, warning.Cause!.Message));
        ReceiveAny(log.Forward);
    }

    public static Props Props(IActorRef log) => global::Akka.Actor.Props.Create(() => new UnreadMessagesActor(log));

    private void Tell(IActorRef log, string node, string why)
    {
        if (_told.Contains((node, why))) return;
        if (_told.Count == Remembered) _told.Clear();
        _told.Add((node, why));
        log.Tell(new Warning(Self.Path.ToStringWithoutAddress(), GetType(),
            $"From {node}: {why} The connection stays, and what else that node sends arrives. More messages like this one are dropped without a word."));
    }

    /// <returns>The node from which came what could not be read; null if the warning is about something else.</returns>
    private static string? SenderOf(LogEvent warning)
    {
        if (warning.Cause is null || ReaderPath().Match(warning.LogSource) is not { Success: true } reader) return null;
        // The reader of a connection has the address of the other side in its name.
        return ActorPath.TryParseAddress(Uri.UnescapeDataString(reader.Groups["other"].Value), out var address) ? NodeNames.Of(address) : null;
    }

    [GeneratedRegex(@"/endpointReader-(?<other>[^/\]#]+)-\d+", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ReaderPath();
}
