namespace Dolphin.Actors.Wire;

/// <summary>Another node sent what this version has no name for. The message is dropped by whoever reads it; nothing else is.</summary>
public sealed class UnknownMessageException(string message) : Exception(message);
