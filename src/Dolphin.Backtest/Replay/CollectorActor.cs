using static Dolphin.Actors.Journal.DurableProtocol;

namespace Dolphin.Backtest.Replay;

/// <summary>Takes down what every durable actor answers. Read by the driver between two runs of virtual time, never during one.</summary>
internal sealed class CollectorActor : ReceiveActor
{
    public CollectorActor(List<StoredState> states) => Receive<StoredState>(states.Add);
}
