using System.Text.Json;
using Dolphin.Node.Logging;
using Serilog.Events;

namespace Dolphin.Node.Tests.Logging;

/// <summary>What must never be read in a log.</summary>
public sealed class RedactorStories
{
    [Fact(DisplayName = "The value after a name that means a secret is blanked, in every dress it comes in")]
    public void Blanks()
    {
        foreach (var text in (string[])[
            "https://x/order?symbol=BTCUSDT&signature=canary&recvWindow=5000", "X-MBX-APIKEY: canary", "{\"listenKey\":\"canary\"}", "{\\\"listenKey\\\": \\\"canary\\\"}",
            "Host=db;Password=canary;Port=1", "apiKey = canary", "api_secret=canary", "Authorization: Bearer canary", "token: canary", "private-key=canary"])
        {
            var redacted = Redactor.Redact(text);
            Assert.DoesNotContain("canary", redacted, StringComparison.Ordinal);
            Assert.Contains(Redactor.Mark, redacted, StringComparison.Ordinal);
        }
        Assert.EndsWith("&recvWindow=5000", Redactor.Redact("?signature=canary&recvWindow=5000"), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Ordinary text stays as it is")]
    public void Leaves_the_rest()
    {
        foreach (var text in (string[])["Order d-481 BTCUSDT: quantity 0.00013 is not a multiple of the lot 0.0001; not sent.", "keys=3", "monkey=4", "tokens=5", "at 12:30"])
            Assert.Equal(text, Redactor.Redact(text));
    }

    [Fact(DisplayName = "Events are redacted by field name and in their text, in the file and on the console, and the file stays JSON")]
    public void Events()
    {
        using var place = new TemporaryFolder();
        var console = new StringWriter();
        using (var log = new RunLog(new LogPolicy(LogEventLevel.Information, 1 << 20, 2), console))
        {
            log.Logger.Information("Key {ApiKey} for {Url}", "canary1", "https://x?signature=canary2&a=1");
            log.OpenFile(place.Path);
            log.Logger.Error(new InvalidOperationException("password=\"canary3\" refused"), "Failed with {@Detail}", new { ListenKey = "canary4", Symbol = "BTCUSDT" });
            log.Logger.Information("Below {Level} is {Count}", "this", 5);
        }
        var file = File.ReadAllText(Assert.Single(Directory.GetFiles(Path.Combine(place.Path, "logs"))));
        foreach (var line in file.Split('\n', StringSplitOptions.RemoveEmptyEntries)) Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(line).RootElement.ValueKind);
        Assert.Equal(3, file.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length); // The first was logged before the file was known.
        Assert.DoesNotContain("canary", file, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", console.ToString(), StringComparison.Ordinal);
        Assert.Contains("BTCUSDT", file, StringComparison.Ordinal);
    }
}
