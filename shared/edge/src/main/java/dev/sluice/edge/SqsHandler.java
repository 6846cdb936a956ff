package dev.sluice.edge;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import java.util.Map;
import java.util.function.Function;

/// The handler of a function that a queue feeds. A subclass has two constructors: one without
/// parameters for Lambda, and one that takes the environment, for `local`.
public abstract class SqsHandler
    implements RequestHandler<SQSEvent, SQSBatchResponse>, AutoCloseable {
  private final FunctionSetup setup;
  private final RequestHandler<SQSEvent, SQSBatchResponse> function;

  /// Sets the function up; connects to nothing yet.
  ///
  /// @param making makes that which handles a batch, as a rule [SqsFunction#handle]
  /// @throws IllegalArgumentException if any setting is missing or wrong; names all of them
  protected SqsHandler(
      Map<String, String> env,
      Function<FunctionSetup, RequestHandler<SQSEvent, SQSBatchResponse>> making) {
    setup = new FunctionSetup(env);
    function = setup.make(making);
  }

  @Override
  public final SQSBatchResponse handleRequest(SQSEvent event, Context context) {
    try (var _ = setup.use()) {
      return function.handleRequest(event, context);
    }
  }

  @Override
  public final void close() {
    setup.close();
  }
}
