using System.Collections.Immutable;

namespace Dolphin.Drills;

/// <summary>The faults, and what is done about each.</summary>
internal static class Drill
{
    private const int Symbols = 16;
    private static readonly TimeSpan Absence = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    public const string RollingUpgrade = "rolling-upgrade";

    public static readonly ImmutableArray<string> Names =
    [
        "leave", "kill-controller", "kill-gateway", "partition-2-1", "partition-1-1-1", "partition-one-way", "partition-bridged", "pause", "database", "rolling-restart",
        RollingUpgrade, "kill-all",
    ];

    /// <returns>What the nodes run when the first drill begins.</returns>
    public static NodeVersion FirstVersion(DrillOptions options, string first) => first == RollingUpgrade ? options.OldNode! : options.Node;

    public static async Task<Outcome> RunAsync(Lab lab, DrillOptions options, string name, int repetition)
    {
        await lab.SettledAsync(Patience, Symbols);
        // Who runs another version changes it first: all go back before a further repetition, and none stays back for the other drills.
        await lab.UpgradeAsync(name == RollingUpgrade ? options.OldNode! : options.Node, Patience, Symbols);
        await lab.SeeFromNowAsync("quorum, ledger and heartbeat at 0.95 on every node", TimeSpan.FromMinutes(5), s => s.IsFull(lab.NodeNumbers.Length));
        lab.Clear();
        var (before, journal) = (lab.Last, await Ledger.NewestAsync(lab.Database));
        string? problem = null;
        var at = lab.Now;
        try
        {
            at = await FaultAsync(lab, options, name, before);
            await lab.SettledAsync(Patience, Symbols);
            await lab.SeeFromNowAsync("books that agree with the venue", TimeSpan.FromMinutes(2), s => Ledger.DifferentLegs(s) == 0);
            await lab.SeeFromNowAsync("quorum, ledger and heartbeat at 0.95 on every node again", TimeSpan.FromMinutes(5), s => s.IsFull(lab.NodeNumbers.Length));
        }
        catch (TimeoutException e)
        {
            problem = e.Message;
        }

        try
        {
            await lab.SeeFromNowAsync("books that agree with the venue at the end", TimeSpan.FromSeconds(20), s => Ledger.DifferentLegs(s) == 0);
        }
        catch (TimeoutException e)
        {
            problem ??= e.Message;
        }

        return await JudgeAsync(lab, name, repetition, before, journal, at, problem);
    }

    /// <returns>When it happened.</returns>
    private static async Task<double> FaultAsync(Lab lab, DrillOptions options, string name, Sample before)
    {
        var controller = before.HostOf("survival")!.Value;
        var gateway = before.HostOf("execution")!.Value;
        var others = lab.NodeNumbers.Where(n => n != gateway).ToArray();
        var at = lab.Now;
        switch (name)
        {
            case "leave":
                await lab.Nodes[controller].LeaveAsync();
                await lab.SeeAsync("a new controller", Patience, s => s.ControllerEpoch > before.ControllerEpoch, at);
                await Task.Delay(TimeSpan.FromSeconds(5));
                lab.Nodes[controller].Start();
                return at;

            case "kill-controller":
                lab.Nodes[controller].Kill(restart: false);
                await lab.SeeAsync("a new controller and every strategy", Patience, s => s.ControllerEpoch > before.ControllerEpoch && s.Assets.Count() == Symbols, at);
                lab.Nodes[controller].Start();
                return at;

            case "kill-gateway":
                // It dies by itself the next time it has stored an intent and not yet sent it.
                var starts = lab.Nodes[gateway].Starts;
                await File.WriteAllTextAsync(lab.TrapOf(gateway), "");
                await lab.SeeAsync("the gateway's death", TimeSpan.FromMinutes(5), s => s.Nodes[gateway] is null || lab.Nodes[gateway].Starts > starts, at);
                File.Delete(lab.TrapOf(gateway));
                return lab.Samples.First(s => s.Seconds > at && s.Nodes[gateway] is null).Seconds;

            case "partition-2-1":
                await lab.Network.SplitAsync([.. others, .. Lab.LighthouseNumbers], [gateway]);
                await lab.SeeAsync("a new gateway on the other side", Patience, s => s.GatewayEpoch > before.GatewayEpoch, at);
                await Task.Delay(TimeSpan.FromSeconds(10));
                await lab.Network.HealAsync();
                return at;

            case "partition-1-1-1":
                await lab.Network.SplitAsync([gateway, .. Lab.LighthouseNumbers], [others[0]], [others[1]]);
                await Task.Delay(TimeSpan.FromSeconds(30));
                await lab.Network.HealAsync();
                return at;

            case "partition-one-way":
                // It hears all of the cluster, and nobody hears it; database and venue do.
                foreach (var other in others.Concat(Lab.LighthouseNumbers)) await lab.Network.CutAsync(gateway, other);
                await Task.Delay(TimeSpan.FromSeconds(30));
                await lab.Network.HealAsync();
                return at;

            case "partition-bridged":
                // The traders do not hear it, the lighthouses do, and pass on what each side says of the other.
                foreach (var other in others) await lab.Network.CutAsync(gateway, other);
                await Task.Delay(TimeSpan.FromSeconds(30));
                await lab.Network.HealAsync();
                return at;

            case "pause":
                lab.Nodes[gateway].Pause();
                await Task.Delay(Absence);
                lab.Nodes[gateway].Continue();
                return at;

            case "database":
                await lab.Database.StopAsync();
                await Task.Delay(Absence);
                await lab.Database.StartAsync();
                return at;

            case "rolling-restart":
                foreach (var node in lab.Nodes.Values)
                {
                    await node.LeaveAsync();
                    node.Start();
                    await lab.SettledAsync(Patience, Symbols);
                }

                return at;

            case RollingUpgrade:
                await lab.UpgradeAsync(options.Node, Patience, Symbols);
                return at;

            case "kill-all":
                foreach (var host in lab.Nodes.Values.Concat(lab.Lighthouses)) host.Kill(restart: true);
                return at;

            default:
                throw new ArgumentOutOfRangeException(nameof(name), name, "No such drill.");
        }
    }

    private static async Task<Outcome> JudgeAsync(
        Lab lab, string name, int repetition, Sample before, IReadOnlyDictionary<string, long> journal, double at, string? problem)
    {
        var (seen, last) = (lab.Samples.Where(s => s.Seconds > at).ToList(), lab.Last);
        // Who leaves goes on acting for a while after it was asked: what counts is from when it was last seen to act.
        double? Without(string singleton, Func<Sample, bool> next)
        {
            if (seen.FirstOrDefault(next) is not { } first) return null;
            var host = before.HostOf(singleton);
            var acted = seen.LastOrDefault(s => s.Seconds < first.Seconds && s.HostOf(singleton) == host && s.Nodes[host!.Value] is not null)?.Seconds ?? at;
            return Math.Round(first.Seconds - acted, 1);
        }

        var away = seen.FindIndex(s => s.Assets.Count() < Symbols);
        var back = away < 0 ? null : seen.Skip(away).FirstOrDefault(s => s.Assets.Count() == Symbols);
        var low = seen.SelectMany(s => s.Own).Min(n => n.RTotal) ?? 1;
        var fallen = seen.FindIndex(s => !s.IsFull(lab.NodeNumbers.Length));
        var full = fallen < 0 ? null : seen.Skip(fallen).FirstOrDefault(s => s.IsFull(lab.NodeNumbers.Length));
        var postures = seen.Select(s => s.Own.MinBy(n => n.RTotal)?.Posture?.ToString() ?? "none").Aggregate(
            new List<string>(), (all, one) =>
            {
                if (all.LastOrDefault() != one) all.Add(one);
                return all;
            });
        var (was, now) = (before.Oracle!.Orders, last.Oracle?.Orders ?? before.Oracle!.Orders);
        return new Outcome(
            name, repetition, Without("survival", s => s.ControllerEpoch > before.ControllerEpoch), Without("execution", s => s.GatewayEpoch > before.GatewayEpoch),
            back is null ? null : Math.Round(back.Seconds - at, 1),
            back is null ? "" : string.Join(' ', back.Nodes.Where(n => n.Value?.Cluster is not null).Select(n => $"n{n.Key}:{n.Value!.Cluster!.Nodes.FirstOrDefault(r => r.Name == n.Value.Cluster.Node)?.Assets.Length ?? 0}")),
            now.Received - was.Received, now.Duplicates - was.Duplicates + now.AcceptedTwice - was.AcceptedTwice, problem is null ? 0 : Ledger.DifferentLegs(last), // A fill that is on its way at the last look is not lost.
            await Ledger.LostAsync(lab.Database, journal), now.Overlaps - was.Overlaps, last.Oracle?.ThisLife.Late - before.Oracle.ThisLife.Late ?? 0, Math.Round(low, 3),
            string.Join('>', postures), full is null ? null : Math.Round(full.Seconds - at, 1), problem);
    }
}
