using Dolphin.Domain.Survival;

namespace Dolphin.Actors.Sensors;

/// <summary>Stands between one sensor and the controller in a drill, and does to its reports what the fault says.</summary>
public sealed class SensorFaultActor : ReceiveActor
{
    public SensorFaultActor(SensorFault fault, IActorRef controller)
    {
        Receive<LayerReport>(report =>
        {
            if (fault.Pass(report, Context.System.Scheduler.Now) is not var (heard, later)) return;
            if (later == TimeSpan.Zero) controller.Forward(heard);
            else Context.System.Scheduler.ScheduleTellOnce(later, controller, heard, Sender);
        });
    }
}
