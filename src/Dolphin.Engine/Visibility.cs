using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Dolphin.Engine.Tests")]
