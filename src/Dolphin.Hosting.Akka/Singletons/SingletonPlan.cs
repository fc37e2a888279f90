using Dolphin.Actors.Cluster;

namespace Dolphin.Hosting.Akka.Singletons;

/// <param name="Holder">Of its tenures: this node's name.</param>
/// <param name="Lease">See <see cref="Settings.TenureSettings.Lease"/>.</param>
/// <param name="WaitsOut">How much longer than its lease what an earlier instance sent may still take effect; zero if it sends nothing outside.</param>
/// <param name="Yields">How long it leaves the field to another one that has begun: as long as the cluster needs to remove the one that is wrong.</param>
public sealed record SingletonPlan(string Name, Func<ITenure, Props> Props, string Holder, TimeSpan Lease, TimeSpan WaitsOut, TimeSpan Yields);
