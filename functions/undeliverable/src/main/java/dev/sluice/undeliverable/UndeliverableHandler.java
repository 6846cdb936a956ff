package dev.sluice.undeliverable;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import dev.sluice.edge.FunctionSetup;
import dev.sluice.edge.Log;
import dev.sluice.edge.SqsFunction;
import dev.sluice.edge.SqsHandler;
import dev.sluice.edge.TempFolder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The function `Undeliverable`: reads the dead letters of every queue.
public final class UndeliverableHandler extends SqsHandler {
  private static final List<String> DEAD_LETTERS =
      List.of(
          "START_DEAD_LETTERS",
          "SPLIT_DEAD_LETTERS",
          "FETCH_DEAD_LETTERS",
          "EXTRACT_DEAD_LETTERS",
          "REPORT_DEAD_LETTERS");

  public UndeliverableHandler() {
    this(System.getenv());
  }

  /// For `local`, whose environment is not the process's.
  public UndeliverableHandler(Map<String, String> env) {
    super(
        env,
        setup -> {
          var functions = functions(setup);
          return (event, context) -> handle(functions, event, context);
        });
  }

  /// A function for each queue, by the queue's name: a message that is given back is hidden in the
  /// queue that it came from.
  private static Map<String, SqsFunction<DeadLetter>> functions(FunctionSetup setup) {
    var temp = setup.temp();
    var stage =
        new UndeliverableStage(
            new UndeliverablePorts(
                setup.store(),
                setup.queue("SPLIT_QUEUE_URL"),
                setup.queue("FETCH_QUEUE_URL"),
                setup.queue("EXTRACT_QUEUE_URL"),
                setup.queue("REPORT_QUEUE_URL"),
                temp.path()));
    var functions = new HashMap<String, SqsFunction<DeadLetter>>();
    for (var urlName : DEAD_LETTERS) {
      functions.put(
          last(setup.settings().text(urlName), '/'),
          SqsFunction.reading(
                  "undeliverable",
                  DeadLetter::read,
                  stage::run,
                  setup.visibilities(urlName),
                  setup.reserve(),
                  Log.standard())
              .needing(() -> temp.check(TempFolder.ARCHIVE_BYTES)));
    }
    return functions;
  }

  /// Handles a batch, which is of one queue.
  ///
  /// @throws IllegalArgumentException if it is of none of ours; names it
  private static SQSBatchResponse handle(
      Map<String, SqsFunction<DeadLetter>> functions, SQSEvent event, Context context) {
    var queue = last(event.getRecords().getFirst().getEventSourceArn(), ':');
    var function = functions.get(queue);
    if (function == null) {
      throw new IllegalArgumentException(
          "the queue must be one of " + functions.keySet() + ", got " + queue);
    }
    return function.handle(event, context);
  }

  private static String last(String name, char separator) {
    return name.substring(name.lastIndexOf(separator) + 1);
  }
}
