namespace Dolphin.Venues;

/// <summary>The codes of Binance USD-M futures that this system gives or understands, by the venue's own names.</summary>
/// <remarks>Source: Binance's list of USD-M error codes. A code is compared, never shown alone: the reason goes with it.</remarks>
public static class VenueCode
{
    /// <summary>The answer did not come in time. The execution status is unknown.</summary>
    public const int Timeout = -1007;
    /// <summary>More orders than the account may place in the time.</summary>
    public const int TooManyOrders = -1015;
    /// <summary>The request came later than its recvWindow allows, or from a clock that is ahead. It was not executed.</summary>
    public const int OutsideRecvWindow = -1021;
    public const int IllegalCharacters = -1100;
    public const int MandatoryParameterMissing = -1102;
    public const int ParameterNotRequired = -1106;
    /// <summary>More decimals than the price or the quantity of this symbol may have.</summary>
    public const int BadPrecision = -1111;
    public const int BadSymbol = -1121;
    public const int BadRecvWindow = -1131;
    public const int CancelRejected = -2011;
    public const int MarginNotSufficient = -2019;
    public const int ReduceOnlyRejected = -2022;
    public const int MaxOpenOrdersExceeded = -2025;
    /// <summary>The leg would exceed the largest notional that the account's leverage allows.</summary>
    public const int MaxLeverageRatio = -2027;
    public const int QuantityNotPositive = -4003;
    public const int QuantityBelowMinimum = -4004;
    public const int QuantityAboveMaximum = -4005;
    public const int PriceNotOnTick = -4014;
    public const int ClientOrderIdLength = -4015;
    public const int LimitPriceTooHigh = -4016;
    public const int QuantityNotOnStep = -4023;
    public const int LimitPriceTooLow = -4024;
    public const int DuplicateClientOrderId = -4116;
    /// <summary>A market order's best counterparty price is outside the percent-price filter.</summary>
    public const int MarketOrderPercentPrice = -4131;
    public const int MinNotional = -4164;
    /// <summary>The symbol is settled, or about to be.</summary>
    public const int SymbolClosed = -4141;
    /// <summary>The post-only order would have taken liquidity.</summary>
    public const int PostOnlyWouldTake = -5022;
}
