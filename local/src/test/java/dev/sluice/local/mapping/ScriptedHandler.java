package dev.sluice.local.mapping;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.NullUnmarked;

/// Answers an event with what the script of its environment says.
@NullUnmarked // an answer may be null
public final class ScriptedHandler implements RequestHandler<SQSEvent, Object> {
  static final Map<String, Function<List<SQSEvent.SQSMessage>, Object>> SCRIPTS =
      new ConcurrentHashMap<>();

  /// How many were made, by script.
  static final Map<String, Integer> MADE = new ConcurrentHashMap<>();

  private final Function<List<SQSEvent.SQSMessage>, Object> script;

  public ScriptedHandler(Map<String, String> env) {
    MADE.merge(env.get("SCRIPT"), 1, Integer::sum);
    script = SCRIPTS.get(env.get("SCRIPT"));
  }

  /// The answer that names these.
  static Object failing(List<SQSEvent.SQSMessage> messages) {
    return Map.of(
        "batchItemFailures",
        messages.stream()
            .map(message -> Map.of("itemIdentifier", message.getMessageId()))
            .toList());
  }

  @Override
  public Object handleRequest(SQSEvent event, Context context) {
    return script.apply(event.getRecords());
  }
}
