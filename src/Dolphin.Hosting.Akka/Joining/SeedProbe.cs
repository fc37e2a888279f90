using System.Net.Sockets;

namespace Dolphin.Hosting.Akka.Joining;

/// <summary>What is at an address, as far as a TCP connection can tell.</summary>
public enum SeedAnswer { Answers, Refuses, IsSilent, HasNoSuchName }

/// <summary>Knocks at an address without saying anything.</summary>
public static class SeedProbe
{
    /// <summary>Long enough for another continent, short enough to be told while one looks.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static async Task<SeedAnswer> KnockAsync(string host, int port)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(host, port, patience.Token);
            return SeedAnswer.Answers;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode switch
            {
                SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData => SeedAnswer.HasNoSuchName,
                SocketError.ConnectionRefused => SeedAnswer.Refuses,
                _ => SeedAnswer.IsSilent,
            };
        }
        catch (OperationCanceledException)
        {
            return SeedAnswer.IsSilent;
        }
    }

    public static string InWords(SeedAnswer answer) => answer switch
    {
        SeedAnswer.Answers => "something answers there, but has not let this node in",
        SeedAnswer.Refuses => "the machine is there, nothing listens on the port",
        SeedAnswer.IsSilent => $"no answer within {Patience.TotalSeconds:0} s",
        SeedAnswer.HasNoSuchName => "the name is not known",
        _ => throw new ArgumentOutOfRangeException(nameof(answer), answer, "Not an answer."),
    };

    /// <summary>What to look at first.</summary>
    public static string Advice(IReadOnlyCollection<SeedAnswer> answers) =>
        answers.Contains(SeedAnswer.Answers)
            ? "Compare dolphin.cluster.name with theirs, see that both sides use TLS or neither, and look into the log of who answers: it says whom it refused."
        : answers.All(a => a == SeedAnswer.HasNoSuchName) ? "Check dolphin.cluster.seeds for a misspelt name, and the DNS."
        : "Check dolphin.cluster.seeds, that a lighthouse runs there, and that no firewall is between.";
}
