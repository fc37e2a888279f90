using Dolphin.Domain.Market;
using Dolphin.Domain.Survival;

namespace Dolphin.Domain.Execution;

/// <summary>How the posture lets one order go to market (design, section 5).</summary>
public abstract record OrderStyle
{
    private OrderStyle() { }

    /// <summary>APEX: take what is there.</summary>
    public sealed record Take : OrderStyle;
    /// <summary>STALKER, and exits in TURTLE and HIBERNATE: rest at the price, never take.</summary>
    public sealed record Rest : OrderStyle;
    public sealed record Forbidden(string Reason) : OrderStyle;

    private static readonly OrderStyle TakeIt = new Take(), RestIt = new Rest();

    /// <param name="reduces">The order makes its leg smaller: an exit. Anything else is an entry.</param>
    public static OrderStyle For(in RiskView risk, bool reduces) => reduces switch
    {
        true when !risk.ExitsAllowed => new Forbidden($"exits are not allowed in {risk.Posture} with a failed invariant"),
        false when !risk.EntriesAllowed => new Forbidden($"entries are not allowed in {risk.Posture}"),
        _ => risk.TakerAllowed ? TakeIt : RestIt,
    };
}
