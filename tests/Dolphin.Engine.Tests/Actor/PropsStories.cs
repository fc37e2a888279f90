namespace Dolphin.EngineTests;

/// <summary>What a recipe's arguments are: values, taken once, when the recipe is made.</summary>
public sealed class PropsStories
{
    private sealed record Ground(string Name, Ground? Below = null)
    {
        public static string Sea => "sea";
    }

    private sealed class Told : ReceiveActor
    {
        public Told(params object?[] told) => Arguments = told;
        public Told(string one, string two, int three, long? four) => Arguments = [one, two, three, four];

        public object?[] Arguments { get; }
    }

    private readonly Ground _ground = new("meadow", new Ground("rock"));

    [Fact(DisplayName = "Locals, fields, properties of properties, statics and computed values become arguments")]
    public void Taken()
    {
        var (count, air) = (3, "air");
        var props = Props.Create(() => new Told(_ground.Below!.Name, Ground.Sea, count + 1, count));
        Assert.Equal(["rock", "sea", 4, (long?)3], props.Arguments);
        Assert.Equal(["air", "meadow", 3, null], Props.Create(() => new Told(air, _ground.Name, count, null)).Arguments);
    }

    [Fact(DisplayName = "They are taken when the recipe is made, not when the actor is")]
    public void Once()
    {
        var name = "before";
        var props = Props.Create(() => new Told(name, name.Trim(), 1, null));
        name = "after";
        Assert.Equal("before", props.Arguments[0]);
        Assert.Equal("before", props.Arguments[1]);
        Assert.Equal("after", name);
    }
}
