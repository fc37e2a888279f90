using Akka.Configuration;
using Akka.Cluster;
using Dolphin.Hosting.Akka.Settings;
using Dolphin.Lighthouse;
using Dolphin.Tests;
using ClusterExtension = Akka.Cluster.Cluster;
using JournalSettings = Dolphin.Hosting.Akka.Settings.JournalSettings;
using Settings_ = Dolphin.Hosting.Akka.Settings.ClusterSettings;

namespace Dolphin.Hosting.Akka.Tests.Cluster;

/// <summary>A lighthouse and two traders in one process, over real sockets on loopback.</summary>
internal sealed class ClusterOfThree : IAsyncDisposable
{
    /// <summary>How long a test waits for what takes a second or two on an idle machine.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly LighthouseNode _lighthouse;
    private readonly List<string> _said = [];

    /// <summary>Warnings and errors of all three so far.</summary>
    public IReadOnlyList<string> Said
    {
        get
        {
            lock (_said) return [.. _said];
        }
    }

    public ActorSystem First { get; }
    public ActorSystem Second { get; }
    public ActorSystem Lighthouse => _lighthouse.System;
    public LighthouseNode LighthouseNode => _lighthouse;

    /// <param name="connection">Of a prepared database.</param>
    /// <param name="writesLocal">Every message is written and read, local ones too.</param>
    public ClusterOfThree(string connection, bool writesLocal = true)
    {
        var seed = $"127.0.0.1:{FreePort.Next()}";
        _lighthouse = LighthouseNode.Start(TestSettings.Of(int.Parse(seed.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture), seed), TextWriter.Null);
        First = Trader(seed, connection, writesLocal);
        Second = Trader(seed, connection, writesLocal);
        foreach (var system in new[] { Lighthouse, First, Second })
        {
            var book = system.ActorOf(Props.Create(() => new LogBook(_said)));
            system.EventStream.Subscribe(book, typeof(Warning));
            system.EventStream.Subscribe(book, typeof(Error));
        }
    }

    public Task FormedAsync() => UntilAsync(() => new[] { Lighthouse, First, Second }.All(s => UpIn(s) == 3), "three members are up");

    public static int UpIn(ActorSystem system) => ClusterExtension.Get(system).State.Members.Count(m => m.Status == MemberStatus.Up);

    /// <summary>Looks again every few milliseconds until it is so.</summary>
    public Task UntilAsync(Func<bool> isSo, string what) => UntilAsync(() => Task.FromResult(isSo()), what);

    /// <summary>Asks again every few milliseconds until it is so.</summary>
    public async Task UntilAsync(Func<Task<bool>> isSo, string what)
    {
        var clock = TimeProvider.System;
        var began = clock.GetTimestamp();
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!await isSo())
        {
            if (clock.GetElapsedTime(began) > Patience) Assert.Fail($"After {Patience.TotalSeconds:0} s it is still not so that {what}. Said:\n{string.Join('\n', Said.Take(40))}");
            await look.WaitForNextTickAsync();
        }
    }

    private static ActorSystem Trader(string seed, string connection, bool writesLocal)
    {
        var settings = TestSettings.Of(0, seed) with { Journal = new JournalSettings(JournalProvider.Postgres, connection) };
        var local = writesLocal ? $$"""
            akka.actor {
              serialize-messages = on
              serializers.ticket = "{{typeof(TicketSerializer).FullName}}, {{typeof(TicketSerializer).Assembly.GetName().Name}}"
              serialization-identifiers."{{typeof(TicketSerializer).FullName}}, {{typeof(TicketSerializer).Assembly.GetName().Name}}" = 7999
              serialization-bindings."System.Object" = ticket
            }
            """ : "";
        return ActorSystem.Create(settings.SystemName, ConfigurationFactory.ParseString($"akka.stdout-loglevel = OFF\n{local}").WithFallback(AkkaConfig.Of(settings, Settings_.TraderRole)));
    }

    private sealed class LogBook : ReceiveActor
    {
        public LogBook(List<string> said) => Receive<LogEvent>(e =>
        {
            lock (said) said.Add($"{e.LogSource}: {e.Message} {e.Cause?.Message} {e.Cause?.InnerException?.Message}");
        });
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var system in new[] { First, Second })
            if (!system.WhenTerminated.IsCompleted) await system.Terminate().WaitAsync(Patience);
        await _lighthouse.DisposeAsync();
    }
}
