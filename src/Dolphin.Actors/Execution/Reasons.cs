using Dolphin.Venues;

namespace Dolphin.Actors.Execution;

internal static class Reasons
{
    public static string Of(OrderState state) => state switch
    {
        OrderState.Filled => "filled",
        OrderState.Cancelled => "cancelled",
        OrderState.Expired => "expired",
        OrderState.Rejected => "refused by the venue",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "Not a final state."),
    };
}
