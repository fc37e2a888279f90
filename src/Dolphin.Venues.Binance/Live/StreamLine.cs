using Dolphin.Domain;
using Dolphin.Venues.Remote;

namespace Dolphin.Venues.Binance.Live;

/// <summary>What a line tells its feed.</summary>
internal interface ILineOwner : IStreamReader
{
    /// <summary>Everything that was asked for comes from now on.</summary>
    void LineUp(StreamLine line);

    /// <summary>Something is missing from now on.</summary>
    void LineDown(StreamLine line, string why);
}

/// <summary>Keeps one planned connection there: opens it, opens it again when it ends, and replaces it before the venue cuts it, the new one delivering before the old one goes.</summary>
internal sealed class StreamLine(
    PlannedConnection plan, FeedSettings settings, ILineOwner owner, ConnectionBudget budget, FeedCounters counters, FeedClock clock, TimeProvider time, ulong seed)
{
    /// <summary>How long both deliver: the older one may be behind by what is on its way.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromSeconds(1);

    private readonly Backoff _backoff = new(seed, longest: TimeSpan.FromSeconds(30));
    private Chance _chance = new(seed + 1);
    private StreamSocket? _socket; // That the feed is fed from; null while there is none.
    private bool _retry; // The last attempt to replace it failed.
    private TaskCompletionSource? _wanted; // Completes when it is to be replaced before its time; null while it cannot be, or is being.

    public PlannedConnection Plan => plan;

    /// <summary>Ends its connection if that has been silent for too long; another one follows.</summary>
    public void EndIfSilent()
    {
        if (Volatile.Read(ref _socket) is not { } socket || clock.Ticks - socket.Heard <= settings.SilentAfter.Ticks) return;
        counters.Add(FeedCount.ConnectionsSilent);
        socket.Close($"nothing came for {settings.SilentAfter.TotalSeconds:0.#} s");
    }

    /// <summary>Replaces its connection as a rotation does, and at once.</summary>
    public void Replace() => Volatile.Read(ref _wanted)?.TrySetResult();

    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                await AdmitAsync(stopping).ConfigureAwait(false);
                await ServeAsync(stopping).ConfigureAwait(false);
                stopping.ThrowIfCancellationRequested();
                await Task.Delay(_backoff.Next(), time, stopping).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // It is not needed any more.
        }
    }

    // One connection and those that replace it while it is there, until there is none.
    private async Task ServeAsync(CancellationToken stopping)
    {
        var (socket, running) = Open(isAhead: false, stopping);
        try
        {
            Volatile.Write(ref _socket, socket);
            if (await Task.WhenAny(running, socket.Delivering).ConfigureAwait(false) == running)
            {
                owner.LineDown(this, await running.ConfigureAwait(false));
                return;
            }
            _backoff.Reset();
            owner.LineUp(this);
            while (true)
            {
                using (var enough = CancellationTokenSource.CreateLinkedTokenSource(stopping))
                {
                    var wanted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                    Volatile.Write(ref _wanted, wanted);
                    var ended = await Task.WhenAny(running, wanted.Task, Task.Delay(NextRotation(), time, enough.Token)).ConfigureAwait(false) == running;
                    await enough.CancelAsync().ConfigureAwait(false);
                    Volatile.Write(ref _wanted, null);
                    if (ended || stopping.IsCancellationRequested) break;
                }
                (socket, running) = await ReplaceAsync(socket, running, stopping).ConfigureAwait(false);
            }
            var why = await running.ConfigureAwait(false);
            counters.Add(FeedCount.ConnectionsLost);
            owner.LineDown(this, why);
        }
        finally
        {
            Volatile.Write(ref _socket, null);
            socket.Close("it is not needed any more");
            await running.ConfigureAwait(false);
            socket.Dispose();
        }
    }

    // What does not deliver does not replace: the older one is kept, and the next rotation tries again soon.
    private async Task<(StreamSocket Socket, Task<string> Running)> ReplaceAsync(StreamSocket old, Task<string> oldRunning, CancellationToken stopping)
    {
        if (!await AdmitWhileAsync(oldRunning, stopping).ConfigureAwait(false)) return (old, oldRunning);
        var (next, running) = Open(isAhead: true, stopping);
        Task first;
        using (var enough = CancellationTokenSource.CreateLinkedTokenSource(stopping))
        {
            first = await Task.WhenAny(next.Delivering, running, oldRunning, Task.Delay(settings.SilentAfter, time, enough.Token)).ConfigureAwait(false);
            await enough.CancelAsync().ConfigureAwait(false);
        }
        if (first == next.Delivering) await Task.WhenAny(Task.Delay(Overlap, time, stopping), oldRunning, running).ConfigureAwait(false);
        if (running.IsCompleted || first != next.Delivering)
        {
            next.Close("it does not replace the older one");
            await running.ConfigureAwait(false);
            next.Dispose();
            _retry = !oldRunning.IsCompleted;
            return (old, oldRunning);
        }
        next.IsAhead = false;
        Volatile.Write(ref _socket, next);
        old.Close("it was replaced");
        await oldRunning.ConfigureAwait(false);
        old.Dispose();
        _backoff.Reset();
        counters.Add(FeedCount.ConnectionsRotated);
        return (next, running);
    }

    // Not all lines at the same instant: those that were opened together would all be replaced together.
    private TimeSpan NextRotation()
    {
        if (!_retry) return settings.RotateAfter * (1d - (0.05 * _chance.NextUnit()));
        _retry = false;
        return _backoff.Next();
    }

    private (StreamSocket Socket, Task<string> Running) Open(bool isAhead, CancellationToken stopping)
    {
        var socket = new StreamSocket(plan, settings, owner, counters, clock, time) { IsAhead = isAhead };
        return (socket, socket.RunAsync(stopping));
    }

    // It may take minutes, and what is to be replaced may end meanwhile: then it is missing, and nobody waits.
    private async Task<bool> AdmitWhileAsync(Task<string> oldRunning, CancellationToken stopping)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var admitted = AdmitAsync(enough.Token);
        if (await Task.WhenAny(admitted, oldRunning).ConfigureAwait(false) == admitted)
        {
            await admitted.ConfigureAwait(false);
            return true;
        }
        await enough.CancelAsync().ConfigureAwait(false);
        await admitted.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return false;
    }

    private async Task AdmitAsync(CancellationToken stopping)
    {
        for (var wait = budget.Take(clock.Ticks); wait > TimeSpan.Zero; wait = budget.Take(clock.Ticks))
            await Task.Delay(wait, time, stopping).ConfigureAwait(false);
    }
}
