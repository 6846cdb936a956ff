package dev.sluice.local.mapping;

import dev.sluice.local.template.Template;
import java.time.Duration;

/// An invocation that ended, in whatever way, with the numbers that Lambda would bill.
///
/// @param took from the event to the answer, the making of a new environment included
/// @param queue that the messages came from
/// @param messages of the event
/// @param characters of their bodies
/// @param depth how often the function was invoked in the chain of messages that led here, this
///   time included
public record Invoked(
    Template.Function function,
    Template.Queue queue,
    Duration took,
    int messages,
    long characters,
    int depth) {}
