namespace Dolphin.Domain.SizeLearning;

/// <summary>What a strategy's own events say of its episodes: the way back from profit and loss to the learner.</summary>
public abstract record EpisodeFact
{
    private EpisodeFact() { }

    public abstract EpisodeId Id { get; init; }
    public abstract DateTimeOffset At { get; init; }

    /// <summary>Sized, and on its way to the venue. <see cref="SizeInput.Open"/> follows, with the choice that sized it.</summary>
    public sealed record Opened(EpisodeId Id, DateTimeOffset At) : EpisodeFact;

    /// <summary>Over. <see cref="AsInput"/> has what the learner wants.</summary>
    /// <param name="Profit">Quote; realised - fees + funding, and what was left or given away at its last price.</param>
    /// <param name="Notional">Quote, above zero; the most that both legs together cost.</param>
    public sealed record Closed(EpisodeId Id, Money Profit, Money Notional, DateTimeOffset At) : EpisodeFact;

    /// <summary>Over without having held anything.</summary>
    public sealed record Withdrawn(EpisodeId Id, DateTimeOffset At) : EpisodeFact;

    /// <summary>What the learner is to be told; null for an opening, which needs the choice beside it.</summary>
    public SizeInput? AsInput() => this switch
    {
        Closed f => new SizeInput.Close(f.Id, f.Profit, f.Notional, f.At),
        Withdrawn f => new SizeInput.Withdraw(f.Id, f.At),
        _ => null,
    };
}
