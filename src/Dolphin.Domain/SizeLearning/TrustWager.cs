using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Dolphin.Domain.SizeLearning;

/// <summary>
/// The evidence that the learner's multiplier is better than the constant, as the fortune of a gambler who bets on it. Immutable; equal when all bits are.
/// </summary>
/// <remarks>
/// The gambler begins with 1, in six accounts. Each stakes a fixed share of itself on every witness: an account of a becomes a (1 + share x gain), with the
/// gain from -1 to 1 and fixed but for the market's part before the outcome is known. If the learner is no better than the constant, each gain is
/// nothing or less on average, given all before; so the fortune is expected not to grow, and the chance that it ever reaches 1/p is p at most (Ville's
/// inequality). That holds at every moment at once, so it may be looked at after every episode; it needs neither normal nor equally spread
/// returns, and no sample size. A fixed-sample t-test allows none of this. Several shares because the right one depends on an unknown effect; after each bet
/// a hundredth of everything is spread evenly, which lets a share that did badly in an old market come back and leaves the sum as it is.
/// </remarks>
public sealed class TrustWager : IEquatable<TrustWager>
{
    private const double Spread = 0.01;

    private readonly ImmutableArray<double> _accounts;

    /// <summary>From what <see cref="Accounts"/> once gave.</summary>
    /// <exception cref="ArgumentException">Not so many, or one is below zero or not finite.</exception>
    public TrustWager(ImmutableArray<double> accounts)
    {
        if (accounts.IsDefault || accounts.Length != Stakes.Length || !accounts.All(a => double.IsFinite(a) && a >= 0))
            throw new ArgumentException($"Expected {Stakes.Length} finite accounts of 0 or more; came {(accounts.IsDefault ? 0 : accounts.Length)}, or others.", nameof(accounts));
        _accounts = accounts;
    }

    /// <summary>What each account stakes of itself. One stakes nothing; none stakes everything, so that no account can be lost.</summary>
    private static ReadOnlySpan<double> Stakes => [0, 1.0 / 16, 1.0 / 8, 1.0 / 4, 1.0 / 2, 7.0 / 8];

    public static TrustWager Initial { get; } = new(ImmutableArray.Create(Enumerable.Repeat(1.0 / Stakes.Length, Stakes.Length).ToArray()));

    /// <summary>Everything it knows, for storing.</summary>
    public ImmutableArray<double> Accounts => _accounts;

    /// <summary>The fortune: 1 at the beginning, above zero always.</summary>
    [JsonIgnore]
    public double Evidence => Sum(_accounts.AsSpan());

    /// <summary>After one more bet.</summary>
    /// <param name="gain">-1 to 1: what the learner's multiplier would have won over the constant, of the most it could have.</param>
    public TrustWager After(double gain)
    {
        Span<double> accounts = stackalloc double[Stakes.Length];
        for (var i = 0; i < accounts.Length; i++) accounts[i] = _accounts[i] * (1 + Stakes[i] * gain);
        var share = Spread * Sum(accounts) / accounts.Length;
        for (var i = 0; i < accounts.Length; i++) accounts[i] = (1 - Spread) * accounts[i] + share;
        return new TrustWager([.. accounts]);
    }

    /// <summary>Puts away what is above <paramref name="most"/>. Giving money away keeps the promise, and what was won long ago cannot outweigh all that follows.</summary>
    public TrustWager AtMost(double most)
    {
        var evidence = Evidence;
        if (evidence <= most) return this;
        Span<double> accounts = stackalloc double[Stakes.Length];
        for (var i = 0; i < accounts.Length; i++) accounts[i] = _accounts[i] * (most / evidence);
        return new TrustWager([.. accounts]);
    }

    private static double Sum(ReadOnlySpan<double> accounts)
    {
        var sum = 0.0;
        foreach (var account in accounts) sum += account;
        return sum;
    }

    public bool Equals(TrustWager? other) => other is not null && SameBits.Are(_accounts, other._accounts);
    public override bool Equals(object? obj) => Equals(obj as TrustWager);
    public override int GetHashCode() => Evidence.GetHashCode();
}
