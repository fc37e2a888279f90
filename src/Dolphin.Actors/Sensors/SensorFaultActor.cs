using Dolphin.Domain.Survival;

namespace Dolphin.Actors.Sensors;

/// <summary>Stands between one sensor and the controller in a drill, and does to its reports what the fault says.</summary>
public sealed class SensorFaultActor : ReceiveActor
{
    private LayerReading? _last;

    public SensorFaultActor(SensorFault fault, IActorRef controller)
    {
        Receive<LayerReport>(report =>
        {
            var now = Context.System.Scheduler.Now;
            if (now < fault.From) _last = report.Reading;
            if (fault.Pass(report, _last, now) is not var (heard, later)) return;
            if (later == TimeSpan.Zero) controller.Forward(heard);
            else Context.System.Scheduler.ScheduleTellOnce(later, controller, heard, Sender);
        });
    }
}
