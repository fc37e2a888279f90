using Dolphin.Simulation;

namespace Dolphin.Hosting.Akka.Simulation;

/// <summary>
/// Asking in virtual time: the timeout is of the virtual clock, and where the driver itself asks, the system is run for the answer. In
/// real time it is Akka.NET's own Ask.
/// </summary>
/// <remarks>For references to actors these win over Akka.NET's, which are for whatever can be told something.</remarks>
public static class DrivenAsk
{
    public static Task<object> Ask(this IActorRef self, object message, TimeSpan? timeout = null) =>
        self.Ask<object>(message, timeout, CancellationToken.None);

    public static Task<object> Ask(this IActorRef self, object message, CancellationToken cancellationToken) =>
        self.Ask<object>(message, timeout: null, cancellationToken);

    public static Task<T> Ask<T>(this IActorRef self, object message, TimeSpan? timeout = null) =>
        self.Ask<T>(message, timeout, CancellationToken.None);

    public static Task<T> Ask<T>(this IActorRef self, object message, CancellationToken cancellationToken) =>
        self.Ask<T>(message, timeout: null, cancellationToken);

    public static Task<T> Ask<T>(this IActorRef self, object message, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        if (Scheduler(self) is not { } scheduler) return Futures.Ask<T>(self, message, timeout, cancellationToken);
        var time = scheduler.Time;
        TimeSpan? limit = timeout is { } t && t > TimeSpan.Zero && t != TimeSpan.MaxValue ? t : null;
        var given = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var timer = new Cancelable((IScheduler)scheduler);
        if (limit is { } by) ((IAdvancedScheduler)scheduler).ScheduleOnce(by, given.Cancel, timer);
        var answer = Futures.Ask<T>(self, message, Timeout.InfiniteTimeSpan, given.Token);
        if (scheduler.Setup.Settings.AskDrivesTime && time.MayDrive)
        {
            var end = limit is { } until ? time.Now + until : time.Now;
            while (!answer.IsCompleted && time.Step(end))
            {
                // Each step is one turn, or the next timer within the limit.
            }
        }

        return AnswerAsync(answer, self, limit, given, timer, cancellationToken);
    }

    private static async Task<T> AnswerAsync<T>(
        Task<T> answer, IActorRef asked, TimeSpan? limit, CancellationTokenSource given, Cancelable timer, CancellationToken cancellationToken)
    {
        try
        {
            return await answer.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new AskTimeoutException($"{asked} did not answer within {limit}.");
        }
        finally
        {
            timer.Cancel();
            given.Dispose();
        }
    }

    private static VirtualScheduler? Scheduler(IActorRef asked) => asked is IInternalActorRef { Provider: { } provider }
        ? provider.Settings.System.Scheduler as VirtualScheduler : null;
}
