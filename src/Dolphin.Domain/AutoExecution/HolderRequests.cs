using Dolphin.Domain.Market;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.AutoExecution;

/// <summary>The holder of a symbol is to make its legs smaller. It may refuse, and it chooses the moment.</summary>
/// <param name="Holder">The id of the strategy.</param>
/// <param name="Wish">Its id is the command's, so that a second copy does nothing at the holder either.</param>
public sealed record TrimRequest(Symbol Symbol, string Holder, TrimWish Wish);

/// <summary>The holder of a symbol is to make its legs larger, or to open them. It may decline, and it goes no further than its own rule allows.</summary>
/// <param name="Holder">The id of the strategy.</param>
/// <param name="From">Base; the legs when it was asked.</param>
/// <param name="Wish">Its id is the command's, so that a second copy does nothing at the holder either.</param>
public sealed record GrowRequest(Symbol Symbol, string Holder, Legs From, GrowWish Wish);

/// <summary>What a command gives a symbol that is held, in margin.</summary>
/// <param name="TargetMargin">Quote; of both legs afterwards, which grow alike.</param>
/// <param name="Change">Quote, above zero; what is new of it.</param>
/// <param name="Reason">A sentence for a person.</param>
/// <param name="Until">Afterwards nobody should act on it.</param>
public sealed record GrowthWish(Symbol Symbol, string Holder, Money TargetMargin, Money Change, string Reason, DateTimeOffset Until);

/// <summary>What a command gives a symbol that has no legs, in margin.</summary>
/// <param name="Margin">Quote; of both legs, which are opened alike.</param>
/// <param name="Reason">A sentence for a person.</param>
/// <param name="Until">Afterwards nobody should act on it.</param>
public sealed record OpeningWish(Symbol Symbol, Money Margin, string Reason, DateTimeOffset Until);
