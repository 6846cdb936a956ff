package dev.sluice.local.sam;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.archive.Json;
import dev.sluice.flow.JobId;
import dev.sluice.flow.Keys;
import dev.sluice.local.stack.Stack;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The answer that a function must give to its event on an [EventsStack].
final class Expectation {
  private Expectation() {}

  /// Why the answer is not the right one; empty if it is.
  static Optional<String> broken(JsonNode event, JsonNode answer, Stack stack) {
    if (event.has("Records")) {
      return batch(event, answer);
    }
    if (event.has("detail-type")) {
      return unless(answer.path("failed").asInt(-1) == 0, "must fail for no job", answer);
    }
    return event.path("requestContext").path("http").path("method").asText().equals("POST")
        ? posted(event, answer, stack)
        : shown(answer);
  }

  /// Of a batch the first message is good and the second is not: that one is given back alone. Of
  /// dead letters none is: what cannot be read is kept.
  private static Optional<String> batch(JsonNode event, JsonNode answer) {
    var second = event.path("Records").path(1);
    var isDead = second.path("eventSourceARN").asText().endsWith("DeadLetters");
    var bad = isDead ? List.of() : List.of(second.path("messageId").asText());
    var back = new ArrayList<String>();
    for (var item : answer.path("batchItemFailures")) {
      back.add(item.path("itemIdentifier").asText());
    }
    return unless(back.equals(bad), "must give back " + bad, answer);
  }

  private static Optional<String> posted(JsonNode event, JsonNode answer, Stack stack) {
    if (answer.path("statusCode").asInt() != 202) {
      return unless(false, "must answer 202", answer);
    }
    var job = new JobId(Json.tree(event.path("body").asText()).path("job").asText());
    var manifest = Keys.manifest(job, false);
    return unless(stack.store().head(manifest).join().isPresent(), "must put " + manifest, answer);
  }

  private static Optional<String> shown(JsonNode answer) {
    if (answer.path("statusCode").asInt() != 200) {
      return unless(false, "must answer 200", answer);
    }
    var books = Json.tree(answer.path("body").asText());
    var done =
        books.path("job").asText().equals(EventsStack.JOB.name())
            && books.path("accepted").asInt() == 2
            && books.path("pending").asInt(-1) == 0
            && books.path("balanced").asBoolean();
    return unless(done, "must show the books of " + EventsStack.JOB, answer);
  }

  private static Optional<String> unless(boolean holds, String rule, JsonNode answer) {
    return holds ? Optional.empty() : Optional.of(rule + ", got " + answer);
  }
}
