package dev.sluice.local.mapping;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.amazonaws.services.lambda.runtime.ClientContext;
import com.amazonaws.services.lambda.runtime.CognitoIdentity;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.LambdaLogger;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.serialization.PojoSerializer;
import com.amazonaws.services.lambda.runtime.serialization.events.LambdaEventSerializers;
import com.amazonaws.services.lambda.runtime.serialization.factories.JacksonFactory;
import dev.sluice.edge.Aws;
import dev.sluice.local.template.Template;
import java.io.ByteArrayOutputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// One execution environment of a function: a handler of its own, which takes one event at a time.
///
/// Events and answers are JSON, read and written by Lambda's own serialisers. An invocation past
/// its timeout cannot be killed in this process: the handler's clients are closed, so that each
/// later effect of it fails, and the environment is not used again.
///
/// While an invocation runs, the handler's variables have its trace ([Aws#TRACE]), which goes along
/// with all that its clients send.
public final class Environment implements AutoCloseable {
  private final Template.Function function;
  private final RequestHandler<Object, Object> handler;
  private final Map<String, String> variables;
  private final PojoSerializer<Object> events;
  private final PojoSerializer<Object> answers;
  private final ExecutorService thread;

  private Environment(
      Template.Function function,
      RequestHandler<Object, Object> handler,
      Map<String, String> variables,
      PojoSerializer<Object> events,
      PojoSerializer<Object> answers) {
    this.function = function;
    this.handler = handler;
    this.variables = variables;
    this.events = events;
    this.answers = answers;
    this.thread =
        Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("lambda-" + function.name()).factory());
  }

  /// Makes the handler that the template names, with the environment that it gives.
  ///
  /// @throws IllegalArgumentException if there is no such handler, or it refuses its settings
  @SuppressWarnings("unchecked") // the handler's own declaration says its types
  public static Environment start(Template.Function function) {
    var name = function.handler().replaceAll("::.*", "");
    var variables = new ConcurrentHashMap<>(function.environment());
    try {
      var type = Class.forName(name);
      var handler =
          (RequestHandler<Object, Object>) type.getConstructor(Map.class).newInstance(variables);
      var declaring = type.getSuperclass() == Object.class ? type : type.getSuperclass();
      var types = (ParameterizedType) declaring.getGenericInterfaces()[0];
      var event = (Class<Object>) types.getActualTypeArguments()[0];
      var answer = (Class<Object>) types.getActualTypeArguments()[1];
      return new Environment(
          function,
          handler,
          variables,
          LambdaEventSerializers.serializerFor(event, type.getClassLoader()),
          JacksonFactory.getInstance().getSerializer(answer));
    } catch (InvocationTargetException refused) {
      var cause = refused.getTargetException();
      throw new IllegalArgumentException(function.name() + ": " + cause.getMessage(), cause);
    } catch (ReflectiveOperationException missing) {
      throw new IllegalArgumentException(
          function.name() + ": no handler " + name + " that takes its environment", missing);
    }
  }

  /// Hands the event over and gives the answer, both JSON.
  ///
  /// @param trace that the invocation belongs to, as the header has it
  /// @throws ExecutionException what the handler threw
  /// @throws TimeoutException after the function's timeout; this environment is closed then
  public String invoke(String event, String requestId, String trace)
      throws ExecutionException, TimeoutException, InterruptedException {
    variables.put(Aws.TRACE, trace);
    var deadline = System.nanoTime() + function.timeout().toNanos();
    var answer =
        thread.submit(() -> {
          var context = new Invocation(function, requestId, deadline);
          var out = new ByteArrayOutputStream();
          answers.toJson(handler.handleRequest(events.fromJson(event), context), out);
          return out.toString(UTF_8);
        });
    try {
      return answer.get(function.timeout().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException late) {
      try {
        close();
      } catch (IllegalStateException notClosed) {
        late.addSuppressed(notClosed);
      }
      throw late;
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
    if (handler instanceof AutoCloseable closeable) {
      try {
        closeable.close();
      } catch (Exception failed) {
        throw new IllegalStateException(function.name() + " did not close", failed);
      }
    }
  }

  private record Invocation(Template.Function function, String requestId, long deadlineNanos)
      implements Context {
    @Override
    public int getRemainingTimeInMillis() {
      return (int) Duration.ofNanos(deadlineNanos - System.nanoTime()).toMillis();
    }

    @Override
    public String getAwsRequestId() {
      return requestId;
    }

    @Override
    public String getFunctionName() {
      return function.name();
    }

    @Override
    public String getFunctionVersion() {
      return "$LATEST";
    }

    @Override
    public String getInvokedFunctionArn() {
      return "arn:aws:lambda:" + Arns.REGION + ":" + Arns.ACCOUNT + ":function:" + function.name();
    }

    @Override
    public String getLogGroupName() {
      return "/aws/lambda/" + function.name();
    }

    @Override
    public String getLogStreamName() {
      return "local";
    }

    @Override
    public int getMemoryLimitInMB() {
      return function.memoryMegabytes();
    }

    @Override
    @SuppressWarnings("NullAway") // as Lambda gives it where no mobile client calls
    public CognitoIdentity getIdentity() {
      return null;
    }

    @Override
    @SuppressWarnings("NullAway")
    public ClientContext getClientContext() {
      return null;
    }

    @Override
    public LambdaLogger getLogger() {
      return new LambdaLogger() {
        @Override
        public void log(String message) {
          System.out.print(message);
        }

        @Override
        public void log(byte[] message) {
          log(new String(message, UTF_8));
        }
      };
    }
  }
}
