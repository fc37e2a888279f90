using System.Collections.Immutable;
using System.Globalization;
using Dolphin.Domain;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Protection;
using Dolphin.Domain.Reporting;
using Dolphin.Domain.Survival;
using Dolphin.Node.Report;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Dolphin.Node.Screen;

/// <summary>One picture of a run, made to fit. A pure function of the snapshot and the size of the terminal.</summary>
/// <remarks>
/// What matters most survives the smallest terminal: header, money, R_total and the assets that need attention. Below 100 columns the assets
/// lose columns from the right; below 30 lines, and with more assets than lines, rows are left out and counted. So are the lines of the parts.
/// </remarks>
internal static class RunScreen
{
    private const int MinWidth = 40;
    private const int MinHeight = 8;
    private const int SideBySide = 76; // From here on the layers stand in three columns.

    /// <returns>At most <paramref name="height"/> lines, none longer than <paramref name="width"/>; with colours if asked.</returns>
    public static string Render(RunSnapshot run, int width, int height, bool colours)
    {
        width = Math.Max(width, MinWidth);
        height = Math.Max(height, MinHeight);
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = colours ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = colours ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new FixedOutput(text, width, height),
        });
        console.Write(Compose(run, width, height));
        // On a screen too small for the least there is to say, what comes first is what matters most.
        return string.Join('\n', text.ToString().TrimEnd('\n').Split('\n').Take(height)) + '\n';
    }

    private static Rows Compose(RunSnapshot run, int width, int height)
    {
        var layers = Layers(run.Risk, width);
        var top = Header(run, width);
        var halted = run.Halted.IsEmpty ? 0 : 1;
        const int rules = 3, footer = 1, tableHead = 1, fewAssets = 3, more = 1;
        // What the parts say of themselves yields to the assets that need attention most.
        var parts = Parts(run, width);
        var partsShown = Math.Clamp(height - top.Count - rules - footer - halted - tableHead - Math.Min(run.Assets.Length, fewAssets) - more, 0, parts.Count);
        top.AddRange(parts.Take(partsShown));
        var free = height - top.Count - rules - footer - halted - layers.Count;
        var showLayers = free - tableHead - more >= Math.Min(run.Assets.Length, fewAssets);
        if (!showLayers) free += layers.Count + 1;
        // News get what the assets leave, but never less than a line where there is one to spare.
        var assetRows = Math.Clamp(free - tableHead - 1, 1, Math.Max(1, run.Assets.Length));
        if (assetRows < run.Assets.Length) assetRows--;
        var newsRows = Math.Max(0, free - tableHead - assetRows - (assetRows < run.Assets.Length ? 1 : 0));

        var lines = new List<IRenderable>(top);
        if (halted > 0) lines.Add(Cut($"[red bold]HALTED[/] {Markup.Escape(string.Join("; ", run.Halted.Select(h => $"{h.Entity}: {h.Reason}")))}", width));
        lines.Add(Line("Assets"));
        lines.Add(Assets(run, width, assetRows));
        if (assetRows < run.Assets.Length)
            lines.Add(new Markup($"[grey]+ {run.Assets.Length - assetRows} more; `dolphin status` shows them all[/]"));
        if (showLayers)
        {
            lines.Add(Line(run.Risk is { } risk ? $"R_total {Figures.Factor(risk.RTotal)}" : "R_total not known yet"));
            lines.AddRange(layers);
        }
        lines.Add(Line("Lately"));
        lines.AddRange(News(run, newsRows, width));
        var hidden = partsShown < parts.Count ? $" + {parts.Count - partsShown} lines: `dolphin status`" : "";
        lines.Add(Cut($"[grey]Ctrl-C stops; the same command goes on from there.{hidden}[/]", width));
        return new Rows(lines);
    }

    private static List<IRenderable> Header(RunSnapshot run, int width)
    {
        var at = run.At is { } time ? Figures.Time(time) : "no bar yet";
        var phase = run.Phase == RunPhase.Running ? "[green]running[/]" : $"[yellow]{run.Phase.ToString().ToLowerInvariant()}[/]";
        var lines = new List<IRenderable>
        {
            Cut($"[bold]DOLPHIN[/] {run.Market}  {phase}  [bold]{at}[/]  {Risk(run.Risk)}  [grey]{run.Edition} seed {run.Seed}[/]", width),
            Progress(run.Progress, width),
        };
        var money = run.Money;
        var pnl = $"equity [bold]{Figures.Amount(money.Equity)}[/]  realised {Coloured(money.RealisedPnl)}  unrealised {Coloured(money.UnrealisedPnl)}";
        var costs = $"fees {Figures.Amount(money.Fees)}  funding {Coloured(money.Funding)}  drawdown {Figures.Percent(money.Drawdown)} (max {Figures.Percent(money.MaxDrawdown)})";
        if (width >= 130)
        {
            lines.Add(Cut($"{pnl}  {costs}", width));
        }
        else
        {
            lines.Add(Cut(pnl, width));
            lines.Add(Cut(costs, width));
        }
        if (run.Clock is { } clock) lines.Add(Cut($"[yellow]{Markup.Escape(clock.ToLine())}[/]", width));
        var violated = run.Invariants.Sum(i => i.Violated);
        var sound = violated == 0
            ? $"invariants [green]hold[/] ({Figures.Count(run.Invariants.Sum(i => i.Checked))} checks)"
            : $"[red bold]invariants violated {Figures.Count(violated)} times[/]";
        lines.Add(Cut($"{sound}  orders {Figures.Count(run.Counts.Orders)}  fills {Figures.Count(run.Counts.Fills)}{StatusText.NotOurs(run.Counts.FillsNotOurs)}  open {Figures.Count(run.Counts.OpenOrders)}  "
            + $"events {Figures.Count(run.Counts.EventsPersisted)}", width));
        return lines;
    }

    /// <summary>A line for each part of the machine that is there, in the order in which they yield: the last first.</summary>
    private static List<IRenderable> Parts(RunSnapshot run, int width)
    {
        var lines = new List<IRenderable>();
        if (run.Hermes is { IsEmpty: false } hermes) Add(HermesText.Line(hermes));
        if (run.Directional is { IsEmpty: false } onSignals) lines.Add(Cut(OnSignals(onSignals), width));
        if (run.Compression is { IsEmpty: false } compression) Add(CompressionText.Line(compression));
        if (run.Protectors is { IsEmpty: false } protectors) Add(ProtectorText.Line(protectors), isAlarm: protectors.Any(p => p.Report.Supervision == Supervision.Severe));
        if (run.ExposureBalancer is { } balancer) Add($"balancer {BalancerLine.Of(balancer)}", isAlarm: balancer.Status != "OK");
        if (run.BalancerStreams is { } streams && BalancerStreamsText.NewestLine(streams) is { } asked) Add(asked);
        if (run.Sizing is { Openings: { IsEmpty: false } openings }) Add(LeverageText.Line(openings));
        if (run.Forewarner is { } forewarner) Add(forewarner.ToLine(), isAlarm: !forewarner.IsSafe);
        if (run.Feed is { } feed) Add(feed.ToLine(), isAlarm: !feed.IsWhole);
        if (run.Quorum is { Actions.IsEmpty: false } quorum) Add(quorum.ToLine(), quorum.IsAlarmed);
        if (run.Scan is { } scan) Add(scan.ToLine(), scan.Watch.IsAlarmed);
        if (run.Alpha is { } alpha) Add(alpha.ToLine());
        if (run.Divergence is { } divergence) lines.Add(Cut(Divergence(divergence), width));
        if (run.Sizing?.Learning is { } learning)
        {
            lines.Add(Cut($"learned size {(learning.Trusted ? "[green]trusted[/]" : "[grey]not trusted[/]")}  x {learning.Neutral.ToString("0.00", CultureInfo.InvariantCulture)}  "
                + $"regret {Figures.Change(learning.RegretOffered)}  {Figures.Count(learning.Counts.Closed)} closed", width));
        }
        return lines;

        void Add(string text, bool isAlarm = false) => lines.Add(Cut(isAlarm ? $"[yellow]{Markup.Escape(text)}[/]" : Markup.Escape(text), width));
    }

    private static string OnSignals(ImmutableArray<DirectionalFace> faces)
    {
        var (open, trailing) = (faces.Count(f => f.Side is not null), faces.Count(f => f.Plan is { Trailing: true }));
        var ended = faces.Sum(f => f.Ended.Total);
        var net = faces.Aggregate(Money.Zero, (sum, f) => sum + f.Result.Net);
        return $"on signals [bold]{open}[/] open of {faces.Length}{(trailing > 0 ? $", {trailing} trailing" : "")}  {Figures.Count(faces.Sum(f => f.Positions))} opened, {Figures.Count(ended)} over  "
            + $"stops {Figures.Count(faces.Sum(f => f.Ended.StopLoss + f.Ended.TrailingStop))}  targets {Figures.Count(faces.Sum(f => f.Ended.TakeProfit))}  net {Coloured(net)}";
    }

    private static string Divergence(DivergencePicture divergence)
    {
        var widest = divergence.Widest() is { } w ? $"venues apart {Figures.Fine(w.Value!.Value)} at most ({Markup.Escape(w.Symbol.Name)})" : "[yellow]venues not compared[/]";
        var missing = divergence.Missing() is > 0 and var count ? $"  [yellow]divergence missing of {count}[/]" : "";
        var leads = string.Concat(divergence.Symbols.Where(s => s.Leader is not null).GroupBy(s => s.Leader!, StringComparer.Ordinal)
            .OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => $"  {Markup.Escape(g.Key)} leads {g.Count()}"));
        return widest + missing + leads;
    }

    private static IRenderable Progress(RunProgress progress, int width)
    {
        var rate = $"{Figures.Rate(progress.BarsPerSecond)} bars/s";
        if (progress.BarsTotal is not { } total)
            return Cut($"[grey]{Figures.Count(progress.BarsDone)} bars  {rate}  up {Figures.Span(progress.WallSeconds)}[/]", width);
        var done = total == 0 ? 1.0 : Math.Clamp((double)(progress.BarsDone ?? 0) / total, 0, 1);
        var left = progress.BarsPerSecond > 0 ? Figures.Span((total - progress.BarsDone) / progress.BarsPerSecond) : "-";
        var words = $" {done * 100:0.0} %  {Figures.Count(progress.BarsDone)}/{Figures.Count(total)} bars  {rate}  left {left}";
        var cells = Math.Max(4, width - words.Length - 1);
        var full = (int)(done * cells);
        return Cut($"[green]{new string('━', full)}[/][grey]{new string('─', cells - full)}[/]{words}", width);
    }

    private static Table Assets(RunSnapshot run, int width, int rows)
    {
        // The sum of the columns up to each one, with a blank between them, is what the terminal must offer for it.
        (string Name, int Width, bool Right, Func<AssetRow, string> Cell)[] columns =
        [
            ("symbol", 10, false, a => Markup.Escape(a.Symbol.Name)),
            ("price", 9, true, a => Figures.Price(a.LastPrice)),
            ("mode", 10, false, a => Mode(a)),
            ("P&L", 10, true, a => Coloured(a.RealisedPnl + a.UnrealisedPnl)),
            ("long", 17, true, a => Figures.Leg(a.Legs.Long)),
            ("short", 17, true, a => Figures.Leg(a.Legs.Short)),
            ("fees", 7, true, a => Figures.Amount(a.Fees)),
            ("fund", 7, true, a => Figures.Change(a.Funding)),
            ("cyc", 4, true, a => a.Cycle.ToString(CultureInfo.InvariantCulture)),
            ("net", 9, true, a => Figures.Amount(a.Net)),
            ("realised", 10, true, a => Coloured(a.RealisedPnl)),
            ("unreal.", 10, true, a => Coloured(a.UnrealisedPnl)),
            .. HermesColumns(run.Hermes),
        ];
        var table = new Table { Border = TableBorder.None, ShowHeaders = true, Expand = false };
        var shown = new List<Func<AssetRow, string>>();
        var used = 0;
        foreach (var (name, columnWidth, right, cell) in columns)
        {
            if (used + columnWidth > width) break;
            used += columnWidth + 1;
            table.AddColumn(new TableColumn($"[grey]{Markup.Escape(name)}[/]")
            {
                NoWrap = true, Width = columnWidth, Padding = new Padding(0, 0, 1, 0), Alignment = right ? Justify.Right : Justify.Left,
            });
            shown.Add(cell);
        }
        foreach (var asset in InOrderOfAttention(run.Assets).Take(rows))
            table.AddRow(shown.Select(cell => new Markup(cell(asset)) { Overflow = Overflow.Crop }));
        return table;
    }

    private static (string Name, int Width, bool Right, Func<AssetRow, string> Cell)[] HermesColumns(ImmutableArray<HermesExplanation>? assets)
    {
        if (assets is not { IsEmpty: false } known) return [];
        var bySymbol = known.ToDictionary(h => h.Symbol); // Looked up only.
        return
        [
            ("holder", 13, false, a => bySymbol.TryGetValue(a.Symbol, out var h) ? h.HandOver is { } to ? $"[yellow]> {to.To.ShortName()}[/]" : h.Holder.ShortName() : ""),
            ("regime", 8, false, a => bySymbol.TryGetValue(a.Symbol, out var h) ? h.Regime.ToString().ToLowerInvariant() : ""),
        ];
    }

    /// <summary>All in their own order if they fit; else those with something to say come first, then those that hold something.</summary>
    private static IEnumerable<AssetRow> InOrderOfAttention(ImmutableArray<AssetRow> assets) => assets.Length <= 16
        ? assets
        : assets.OrderBy(a => a.Note.Length == 0).ThenBy(a => a.Legs.Long.Quantity.Base == 0 && a.Legs.Short.Quantity.Base == 0);

    private static List<IRenderable> Layers(Explanation? risk, int width)
    {
        var perLine = width >= SideBySide ? 3 : 2;
        var cell = (width - 2) / perLine;
        return [.. (risk?.Layers ?? []).Chunk(perLine).Select(line => Cut(string.Concat(line.Select(l => Layer(l, cell))), width))];
    }

    private static string Layer(ExplainedLayer layer, int width)
    {
        var absent = layer.Flags.StartsWith("absent", StringComparison.Ordinal);
        var value = layer switch
        {
            _ when absent => "absent",
            _ when layer.F == layer.Damped => Figures.Factor(layer.Damped),
            _ when width < 30 => Figures.Factor(layer.Damped), // No room for both, and this one is what counts.
            _ => $"{Figures.Factor(layer.Damped)} f {Figures.Factor(layer.F)}",
        };
        var room = width - value.Length - 5;
        var name = layer.Layer.Name.Length <= room ? layer.Layer.Name : layer.Layer.Name[..Math.Max(2, room)];
        var text = $"{name} {value}{(layer.Binds ? " ◄" : "")}".PadRight(width);
        return layer switch
        {
            _ when absent => $"[grey]{Markup.Escape(text)}[/]",
            { Damped: 0 } => $"[red bold]{Markup.Escape(text)}[/]",
            { Binds: true } => $"[yellow bold]{Markup.Escape(text)}[/]",
            { Damped: < 1 } => $"[yellow]{Markup.Escape(text)}[/]",
            _ => Markup.Escape(text),
        };
    }

    private static IEnumerable<IRenderable> News(RunSnapshot run, int rows, int width)
    {
        // A change of posture that the run told as news is not told twice.
        var postures = run.Postures
            .Where(p => !run.Notable.Any(n => n.At == p.At && n.Source == "posture"))
            .Select(NotableEvent.Of);
        return run.Notable.Concat(postures).OrderBy(n => n.At).TakeLast(rows).Reverse().Select(n =>
        {
            var colour = n.Kind switch { NotableKind.Fault => "red", NotableKind.Warning => "yellow", _ => "grey" };
            return Cut($"[grey]{Figures.Time(n.At)}[/] [{colour}]{Markup.Escape(n.Source)}[/] {Markup.Escape(n.Text)}", width);
        });
    }

    private static string Mode(AssetRow asset) => (asset.Note.Length > 0, asset.Mode) switch
    {
        (true, var mode) => $"[red]{Markup.Escape(mode)}[/]",
        (_, "Active") => "[green]Active[/]",
        (_, var mode) => $"[yellow]{Markup.Escape(mode)}[/]",
    };

    private static string Risk(Explanation? risk)
    {
        if (risk is null) return "[grey]R=?[/]";
        var colour = risk.Posture switch
        {
            Posture.Apex => "black on green",
            Posture.Stalker => "black on yellow",
            Posture.Turtle => "white on blue",
            _ => "white on red",
        };
        var binding = risk.Binding is { } by ? $" [yellow]by {Markup.Escape(by.Name)}[/]" : "";
        return $"[{colour}] {risk.Posture.ToString().ToUpperInvariant()} [/] R={Figures.Factor(risk.RTotal)}{binding}";
    }

    private static string Coloured(Money change) => change.Quote switch
    {
        > 0 => $"[green]{Figures.Change(change)}[/]",
        < 0 => $"[red]{Figures.Change(change)}[/]",
        _ => "[grey]0.00[/]",
    };

    private static Rule Line(string title) => new($"[grey]{Markup.Escape(title)}[/]") { Justification = Justify.Left, Style = new Style(Color.Grey) };

    /// <summary>One line that is cut rather than wrapped: a wrapped line would push the picture out of the screen.</summary>
    private static IRenderable Cut(string markup, int width) => new OneLine(new Markup(markup), width);

    private sealed class OneLine(Markup markup, int width) : IRenderable
    {
        public Measurement Measure(RenderOptions options, int maxWidth) => new(1, Math.Min(width, maxWidth));

        public IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
        {
            // Rendered without a limit, then cut by cells. It is seen where something is missing: half a number is another number.
            List<Segment> line = Segment.SplitLines(((IRenderable)markup).Render(options, 10_000)).FirstOrDefault() ?? [];
            var room = Math.Min(width, maxWidth);
            if (line.Sum(s => s.CellCount()) <= room) return [.. line, Segment.LineBreak];
            room--; // For the mark.
            var cut = new List<Segment>();
            foreach (var segment in line)
            {
                if (Segment.Truncate(segment, room) is not { } fits) break;
                cut.Add(fits);
                room -= fits.CellCount();
                if (room <= 0) break;
            }
            return [.. cut, new Segment("…"), Segment.LineBreak];
        }
    }

    private sealed class FixedOutput(TextWriter writer, int width, int height) : IAnsiConsoleOutput
    {
        public TextWriter Writer => writer;
        public bool IsTerminal => false;
        public int Width => width;
        public int Height => height;
        public void SetEncoding(System.Text.Encoding encoding) { }
    }
}
