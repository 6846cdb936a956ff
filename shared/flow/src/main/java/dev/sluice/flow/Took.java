package dev.sluice.flow;

import org.jspecify.annotations.Nullable;

/// How long the phases of the last exchange took, in milliseconds; null where a phase was not
/// reached, or was not needed on a connection in use.
///
/// @param dns from the start to the addresses
/// @param connect to the open connection
/// @param tls to the end of the handshake
/// @param firstByte from the request to the head of the final response
/// @param body from that head to the end of the body
/// @param total of all exchanges of the attempt, redirects included
public record Took(
    @Nullable Integer dns,
    @Nullable Integer connect,
    @Nullable Integer tls,
    @Nullable Integer firstByte,
    @Nullable Integer body,
    @Nullable Integer total) {
  public static final Took NOTHING = new Took(null, null, null, null, null, null);
}
