using Dolphin.Engine.Actor;

namespace Dolphin.EngineTests;

/// <summary>How much room the real-time mailbox takes for what it holds.</summary>
public sealed class QuietMailboxStories : IDisposable
{
    private const int Most = 512; // Slots of the largest array.
    private const int Fewest = 8;
    private readonly ActorSystem _system = ActorSystem.Create("quiet");

    public void Dispose()
    {
        _system.Terminate().Wait(TimeSpan.FromSeconds(60));
        _system.Dispose();
    }

    private sealed class Counter : ReceiveActor
    {
        private long _sum;

        public Counter()
        {
            Receive<int>(number => _sum += number);
            Receive<string>(_ => Sender.Tell(_sum));
        }
    }

    [Fact(DisplayName = "A mailbox that was busy is small again when the actor hears little, and no message is lost on the way")]
    public async Task Small_again()
    {
        var counter = _system.ActorOf(Props.Create(() => new Counter()));
        var mailbox = (ConcurrentMailbox)((LocalActorRef)counter).Mailbox;
        var told = 0L;
        for (; mailbox.Room <= Fewest && told < 1_000_000; told++) counter.Tell(1);
        Assert.True(mailbox.Room > Fewest);

        GC.Collect(); // Time passes: what there is now is old.
        var room = mailbox.Room;
        for (var more = 0; more <= Most && room > Fewest; more++, told++)
        {
            counter.Tell(1);
            room = Math.Min(room, mailbox.Room);
        }

        Assert.Equal(Fewest, room);
        Assert.Equal(told, await counter.Ask<long>("sum", TimeSpan.FromSeconds(60)));
    }
}
