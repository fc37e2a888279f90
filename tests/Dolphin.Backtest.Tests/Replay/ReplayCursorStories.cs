using System.Text;
using Dolphin.Actors.Invariants;
using Dolphin.Backtest.Replay;
using Dolphin.Domain.Reporting;

namespace Dolphin.Backtest.Tests.Replay;

/// <summary>What a checkpoint knows of the driver.</summary>
public sealed class ReplayCursorStories
{
    private static readonly ReplayCursor Cursor = new(
        1_767_571_200_000, 12_345,
        [new(Invariant.CashConserved, 40, 2, "expected 1.10, came 1.11: \"näher\""), new(Invariant.RiskInRange, 0, 0, null)],
        [new PostureChange(new DateTimeOffset(2026, 1, 5, 0, 1, 0, 123, TimeSpan.Zero).AddTicks(4567), "APEX", "STALKER", 0.1 + 0.2, "L6_SLIPPAGE_DRIFT")]);

    [Fact(DisplayName = "A cursor comes back as it was, to the last digit and tick, also after the last slice")]
    public void Round_trip()
    {
        foreach (var cursor in (ReplayCursor[])[Cursor, Cursor with { OpenTimeMs = null }, new(0, 0, [], [])])
        {
            var back = ReplayCursor.Of(cursor.ToBytes());
            Assert.Equal((cursor.OpenTimeMs, cursor.Bars), (back.OpenTimeMs, back.Bars));
            Assert.Equal(cursor.Invariants.AsEnumerable(), back.Invariants);
            Assert.Equal(cursor.Postures.AsEnumerable(), back.Postures);
            Assert.Equal(cursor.ToBytes(), back.ToBytes());
        }
    }

    [Fact(DisplayName = "Invariants are stored by name: inserting one into the list gives no old count to another")]
    public void By_name() => Assert.Contains("\"CashConserved\"", Encoding.UTF8.GetString(Cursor.ToBytes()), StringComparison.Ordinal);

    [Theory(DisplayName = "What is no cursor is refused with what was expected, whatever is wrong with it")]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"OpenTimeMs\":1,\"Bars\":2}")]
    [InlineData("{\"OpenTimeMs\":1,\"Bars\":2,\"Invariants\":null,\"Postures\":[]}")]
    [InlineData("{\"OpenTimeMs\":1,\"Bars\":2,\"Invariants\":[null],\"Postures\":[]}")]
    [InlineData("{\"OpenTimeMs\":1,\"Bars\":2,\"Invariants\":[],\"Postures\":[null]}")]
    [InlineData("{\"OpenTimeMs\":\"noon\",\"Bars\":2,\"Invariants\":[],\"Postures\":[]}")]
    [InlineData("{\"OpenTimeMs\":1,\"Bars\":-2,\"Invariants\":[],\"Postures\":[]}")]
    [InlineData("{\"OpenTimeMs\":1,\"Bars\":2,\"Invariants\":[{\"Name\":\"Unheard\",\"Checked\":1,\"Violated\":0,\"FirstViolation\":null}],\"Postures\":[]}")]
    public void Bad(string text)
    {
        var refused = Assert.Throws<InvalidDataException>(() => ReplayCursor.Of(Encoding.UTF8.GetBytes(text)));
        Assert.Contains("expected where the replay stood", refused.Message, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A cursor that is cut off anywhere, or is no text at all, is refused")]
    public void Cut_off()
    {
        var bytes = Cursor.ToBytes();
        for (var length = 0; length < bytes.Length; length++) Assert.Throws<InvalidDataException>(() => ReplayCursor.Of(bytes.AsSpan(0, length)));
        Assert.Throws<InvalidDataException>(() => ReplayCursor.Of([0xFF, 0x00, 0xC3, 0x28]));
    }
}
