package dev.sluice.bench.job;

/// The requests that the server saw.
///
/// @param pages answered with a page
/// @param redirects answered with another host
/// @param robots answered with a robots.txt
/// @param hung accepted and never answered
/// @param strange answered with an error
/// @param bytes of the bodies that were sent
/// @param firstMillis of the first request, since the epoch; 0 if there was none
/// @param lastMillis of the last request
record Served(
    long pages,
    long redirects,
    long robots,
    long hung,
    long strange,
    long bytes,
    long firstMillis,
    long lastMillis) {}
