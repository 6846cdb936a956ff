package dev.sluice.fetch;

import dev.sluice.async.Call;
import dev.sluice.async.Run;
import dev.sluice.fetch.plan.Hosts;
import dev.sluice.flow.Web;
import dev.sluice.flow.Web.Reply;
import dev.sluice.flow.url.HostGroup;
import dev.sluice.flow.url.Parsed;
import dev.sluice.flow.url.WebUrl;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/// The run, the web and the hosts of one round, which all its parts share. Belongs to the executor
/// of the run.
///
/// @param hostGroup of the task
record RoundContext(
    Run run, FetchSettings settings, Web web, Hosts hosts, RoundTime time, int hostGroup) {
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

  Instant now() {
    return run.now();
  }

  /// Whether the URL's host is asked by this invocation and no other, and remembered here.
  boolean isOurs(WebUrl url) {
    return HostGroup.of(url, settings.hostGroups()) == hostGroup;
  }

  CompletionStage<Reply> ask(WebUrl url, Call call) {
    return run.resume(web.ask(url, call));
  }

  /// The URL that a response redirects to, or why it may not be asked; empty if the response is no
  /// redirect.
  Optional<Parsed> redirect(WebUrl from, Reply.Response response) {
    return REDIRECTS.contains(response.status())
        ? response.field("Location").map(location -> settings.rules().resolve(from, location))
        : Optional.empty();
  }
}
