using System.Net;

namespace Dolphin.Lighthouse;

/// <param name="Http">Null: no health endpoint.</param>
internal sealed record LighthouseOptions(string Config, IPEndPoint? Http, bool CheckOnly)
{
    public const string Help = """
        dolphin-lighthouse: the address that other nodes ask for the way into the cluster. It trades nothing, stores nothing, and needs no database.

        Usage:
          dolphin-lighthouse --config F [--http 127.0.0.1:9101] [--check]

        Options:
          --config F      The settings (HOCON), such as hocon/cluster/lighthouse.conf. Environment variables win over it:
                          DOLPHIN_CLUSTER_HOST, _BIND_HOST, _PORT, _SEEDS, _NAME, DOLPHIN_TLS_CERT, DOLPHIN_TLS_PASSWORD_FILE.
          --http A:P      Health on loopback: GET /health/live and /health/ready. Default: none.
          --check         Say what is wrong with the settings and the certificate, and end. Nothing is started.
          --help          This text.

        Examples:
          # one lighthouse on this machine, for trying out
          DOLPHIN_CLUSTER_PORT=4053 dolphin-lighthouse --config hocon/cluster/development.conf --http 127.0.0.1:9101
          # is it a member?
          curl -s http://127.0.0.1:9101/health/ready
          # are the settings right?
          dolphin-lighthouse --config /etc/dolphin/lighthouse.conf --check

        Exit codes:
           0  left the cluster as asked (Ctrl-C, SIGTERM)
           1  a fault of the program itself
           2  the command line is wrong
           3  the settings or the certificate are wrong; nothing was started
           9  the address is in use or cannot be bound, or another process answers under this node's name; nothing was started
          11  the others took this node out of the cluster; starting again joins anew

        Two lighthouses are enough. Their addresses are dolphin.cluster.seeds, the same list in the same order on every node; the first that starts
        founds the cluster. Nodes that are in the cluster do not need a lighthouse any more; nodes that want in do.
        """;

    /// <returns>The options, or what is wrong with the command line.</returns>
    public static (LighthouseOptions? Options, string? Error) Parse(IReadOnlyList<string> args)
    {
        string? config = null;
        IPEndPoint? http = null;
        var check = false;
        for (var i = 0; i < args.Count; i++)
        {
            switch (args[i])
            {
                case "--check":
                    check = true;
                    break;
                case "--config" when i + 1 < args.Count:
                    config = args[++i];
                    break;
                case "--http" when i + 1 < args.Count:
                    if (!IPEndPoint.TryParse(args[++i], out http) || !IPAddress.IsLoopback(http.Address) || http.Port == 0)
                        return (null, $"--http: found '{args[i]}'; expected a loopback address and a port, such as 127.0.0.1:9101. It asks nobody for a password, so it answers to its own machine only.");
                    break;
                case "--config" or "--http":
                    return (null, $"{args[i]}: found nothing after it; expected a value.");
                default:
                    return (null, $"'{args[i]}' is not an option; expected --config F, --http A:P, --check or --help.");
            }
        }
        return config is null ? (null, "--config is missing; expected the path of the settings, such as hocon/cluster/lighthouse.conf.") : (new LighthouseOptions(config, http, check), null);
    }
}
