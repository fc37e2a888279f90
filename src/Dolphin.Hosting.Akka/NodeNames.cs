namespace Dolphin.Hosting.Akka;

/// <summary>What people and messages call a node.</summary>
internal static class NodeNames
{
    /// <returns>Such as <c>10.0.0.3:4053</c>.</returns>
    public static string Of(Address address) => $"{address.Host}:{address.Port}";
}
