namespace Dolphin.Venues.Binance.Recordings;

/// <summary>What can be wrong with a recording.</summary>
public enum FindingKind
{
    /// <summary>A line or a message that is not what it has to be: cut off, damaged, a field missing.</summary>
    Malformed,
    /// <summary>A price or a quantity that no market has: negative, zero as a price, not a number, absurdly large.</summary>
    BadNumber,
    /// <summary>A time outside of 2009 to 2099, or rows of one message that do not have the same.</summary>
    BadTime,
    /// <summary>The receiving clock went back, or is far away from the venue's.</summary>
    ClockJump,
    /// <summary>Received on another day than the file's name says.</summary>
    OutsideDay,
    /// <summary>A row that is commented out, among rows that are not.</summary>
    CommentedRow,
    /// <summary>A row says that it is the last of its message, or that it is not, and is wrong.</summary>
    LastRowFlag,
    /// <summary>Depth updates are missing before a diff.</summary>
    Gap,
    /// <summary>A diff covers updates that an earlier one covered too: its ids, or the earlier one's, were changed.</summary>
    Overlap,
    /// <summary>The same diff twice.</summary>
    Duplicate,
    /// <summary>A diff after a later one.</summary>
    OutOfOrder,
    /// <summary>A diff whose ids contradict themselves.</summary>
    ImpossibleIds,
    /// <summary>There were snapshots and diffs, and no snapshot that a diff follows on.</summary>
    NotBridged,
    /// <summary>A snapshot whose best bid is not below its best ask.</summary>
    CrossedSnapshot,
    /// <summary>A book whose best bid is not below its best ask after a diff.</summary>
    Crossed,
    /// <summary>The book differs from the book ticker of the same update id.</summary>
    TickerDisagrees,
    /// <summary>Trade ids are missing before a trade.</summary>
    TradeGap,
    /// <summary>The same trade id twice.</summary>
    TradeDuplicate,
    /// <summary>A trade after a later one.</summary>
    TradeOutOfOrder,
    /// <summary>A snapshot that does not say whose it is, in a recording of several symbols.</summary>
    Unassigned,
    /// <summary>A file without a single message.</summary>
    Empty,
}

public static class FindingKinds
{
    /// <summary>The word for it in reports.</summary>
    public static string Word(this FindingKind kind) => kind switch
    {
        FindingKind.Malformed => "malformed",
        FindingKind.BadNumber => "bad-number",
        FindingKind.BadTime => "bad-time",
        FindingKind.ClockJump => "clock-jump",
        FindingKind.OutsideDay => "outside-day",
        FindingKind.CommentedRow => "commented-row",
        FindingKind.LastRowFlag => "last-row-flag",
        FindingKind.Gap => "gap",
        FindingKind.Overlap => "overlap",
        FindingKind.Duplicate => "duplicate",
        FindingKind.OutOfOrder => "out-of-order",
        FindingKind.ImpossibleIds => "impossible-ids",
        FindingKind.NotBridged => "not-bridged",
        FindingKind.CrossedSnapshot => "crossed-snapshot",
        FindingKind.Crossed => "crossed",
        FindingKind.TickerDisagrees => "ticker-disagrees",
        FindingKind.TradeGap => "trade-gap",
        FindingKind.TradeDuplicate => "trade-duplicate",
        FindingKind.TradeOutOfOrder => "trade-out-of-order",
        FindingKind.Unassigned => "unassigned-snapshot",
        FindingKind.Empty => "empty",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a finding."),
    };
}
