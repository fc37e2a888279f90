using Dolphin.Actors.Node;
using Dolphin.Domain.Alpha;
using Dolphin.Domain.Hedging;
using Dolphin.Domain.Reporting;
using Dolphin.Node.Cli;
using Dolphin.Venues.Binance.Tests.Live;
using static Dolphin.Node.Tests.Live.BinanceStage;

namespace Dolphin.Node.Tests.Live;

/// <summary>Where a live run has external factors from, and that all of the process keep to the venue's budget.</summary>
public sealed class BinanceFactorStories
{
    [Fact(DisplayName = "Once the venue has banned the feed nobody of the process asks it anything until that is over, the sources of external factors neither")]
    public async Task Banned()
    {
        const int seconds = 65; // Premiums are asked for once a minute.
        await using var venue = await StandInVenue.StartAsync(Symbols);
        await using var turning = venue.Turning();
        using var place = new TemporaryFolder();
        var more = $$"""exf { source = live, live { binance = "{{venue.Rest.GetLeftPart(UriPartial.Authority)}}", deribit = "http://127.0.0.1:9" } }""";
        using (var run = LiveProcess.Start(place.File("plan.hocon", PlanOn(venue, more: more)), Path.Combine(place.Path, "state"), "--market", "binance", "--bar", "1s"))
        {
            await run.SeesAsync("with factors", r => r.Factors is { } f && f.Counts.Any(c => c.Taken > 0) && venue.Asked.Any(a => a.Path.StartsWith("/futures/data", StringComparison.Ordinal)));

            venue.Ban(seconds);
            await run.SeesAsync("banned", _ => run.Output.Contains("the venue answered 418", StringComparison.Ordinal)); // It asks what is listed each second.
            var first = venue.Banned[0];
            await run.SeesAsync("asking again", _ => venue.Asked[^1].At - first > TimeProvider.System.TimestampFrequency * (seconds - 1));

            // What was on its way when the first answer came had left before.
            var later = venue.Asked.Where(a => TimeProvider.System.GetElapsedTime(first, a.At) > TimeSpan.FromSeconds(5)).ToList();
            Assert.All(later, a => Assert.True(TimeProvider.System.GetElapsedTime(first, a.At) >= TimeSpan.FromSeconds(seconds - 1), $"{a.Path} was asked {TimeProvider.System.GetElapsedTime(first, a.At)} after the ban."));
            venue.Pardon();
            Assert.Equal((int)ExitCode.Ok, await run.TerminateAsync());
        }
    }

    [Fact(DisplayName = "A first run knows at once what funding was five days ago and what takers did yesterday, and says whom its breaker does not know and why")]
    public async Task Knows_the_past()
    {
        await using var venue = await StandInVenue.StartAsync(Symbols);
        await using var turning = venue.Turning();
        using var place = new TemporaryFolder();
        var more = $$"""
            exf { source = live, live { binance = "{{venue.Rest.GetLeftPart(UriPartial.Authority)}}", deribit = "http://127.0.0.1:9" } }
            scan { enabled = true, interval = 1s, windows = [10, 20] }
            alpha.enabled = true
            """;
        using (var run = LiveProcess.Start(place.File("plan.hocon", PlanOn(venue, more: more)), Path.Combine(place.Path, "state"), "--market", "binance", "--bar", "1s"))
        {
            var seen = await run.SeesAsync("with a breaker that knows all but DVOL", r => r.Alpha?.Breaker is { Length: 1 });
            Assert.Equal(new BreakerFactorPicture(BreakerFactor.Dvol, CutsMost: 3, Unknown: 3), Assert.Single(seen.Alpha!.Breaker!.Value));
            Assert.Contains(seen.Notable, n => n.Text.StartsWith("deribit-dvol has not told of its past: ", StringComparison.Ordinal));
            Assert.Equal((int)ExitCode.Ok, await run.TerminateAsync());
        }
    }
}
