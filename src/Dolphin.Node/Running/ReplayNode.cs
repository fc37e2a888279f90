using Dolphin.Actors;
using Dolphin.Actors.Node;
using Dolphin.Backtest.Replay;
using Dolphin.Backtest.Report;
using Dolphin.Domain.Reporting;
using Dolphin.Node.Cli;
using Serilog;

namespace Dolphin.Node.Running;

/// <summary>A replay on a thread of its own, seen and controlled from others.</summary>
internal sealed class ReplayNode : IRunningNode
{
    private readonly ReplayRun _run;
    private readonly ReplayOptions _options;
    private readonly CancellationTokenSource _stop = new();
    private readonly long _began = TimeProvider.System.GetTimestamp();
    private readonly BoardView _view;

    private ReplayNode(ReplayRun run, ReplayOptions options, RunOptions cli, long barsTotal)
    {
        (_run, _options) = (run, options);
        _view = new BoardView(run.Board, run.Risk, run.Invariants, options.Folder, cli.Market.ToString().ToLowerInvariant(), options.Identity.Seed,
            () => run.BarsDone, barsTotal, () => run.EventsWritten);
        Completion = Task.Factory.StartNew(Play, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public IRunView View => _view;
    public IRunControl Control => _run.Operator;
    public Task<RunReport> Completion { get; }

    public static ReplayNode Start(ReplayOptions options, RunOptions cli, ILogger log)
    {
        var failure = new LastFailure();
        var run = new ReplayRun(options, Props.Create(() => new LogBridgeActor(log, failure)));
        try
        {
            var clock = TimeProvider.System.GetTimestamp();
            run.Start();
            if (run.BarsAtStart > 0)
            {
                log.Information("Resumed at bar {Bars} in {Seconds:0.00} s; {Facts} stored events lie beyond the checkpoint and are derived again",
                    run.BarsAtStart, TimeProvider.System.GetElapsedTime(clock).TotalSeconds, run.EventsOutstanding);
            }

            foreach (var row in run.Damage) log.Error("{Damage:l} The entity stays halted", row.ToString());
            var total = options.Market.BarsBetween(options.From, options.To);
            return new ReplayNode(run, options, cli, total);
        }
        catch
        {
            run.Dispose();
            throw;
        }
    }

    public void Stop()
    {
        _view.Phase = RunPhase.Stopping;
        _stop.Cancel();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Completion.ContinueWith(static _ => { }, TaskScheduler.Default);
        _run.Dispose();
        _stop.Dispose();
    }

    private bool Replay()
    {
        try
        {
            return _run.Run(_stop.Token);
        }
        catch (JournalException e)
        {
            if (StorageFailure.Of(e, _options.Folder, _options.Journal.MaxFileBytes) is { } storage) throw storage;
            throw;
        }
    }

    private RunReport Play()
    {
        _view.Phase = RunPhase.Running;
        _view.Phase = Replay() ? RunPhase.Finished : RunPhase.Stopped;
        var wall = TimeProvider.System.GetElapsedTime(_began).TotalSeconds;
        return ReportBuilder.Build(_options.Plan.Assets, _run.States(), new RunFacts(
            Edition.Name, _options.Identity.Seed, _run.BarsDone, _run.BarsDone - _run.BarsAtStart, wall,
            _run.Board.Postures, _run.Invariants.Counts, _run.Board.Halted, Dealings(), _options.Plan.Sizing?.Policy.Learning, _run.Board.Alpha, _options.Market.Interval));
    }

    private RunDealings Dealings() => RunDealings.Read(
        Path.Combine(_options.Folder.Path, StateFolder.NodeJournal), [.. _options.Plan.Assets.Select(a => a.Symbol)], _options.Market,
        DateTimeOffset.FromUnixTimeMilliseconds(_options.From), _run.MarketTime, _options.To);
}
