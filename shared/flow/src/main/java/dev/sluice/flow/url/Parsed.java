package dev.sluice.flow.url;

/// The result of reading a URL: the URL, or its refusal.
public sealed interface Parsed permits WebUrl, Refusal {}
