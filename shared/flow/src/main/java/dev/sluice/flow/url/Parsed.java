package dev.sluice.flow.url;

/// What reading a URL came to: the URL, or why there is none.
public sealed interface Parsed permits WebUrl, Refusal {}
