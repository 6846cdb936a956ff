package dev.sluice.submit;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import dev.sluice.async.Deadline;
import dev.sluice.async.Island;
import dev.sluice.async.Run;
import dev.sluice.edge.Aws;
import dev.sluice.edge.S3ObjectStore;
import dev.sluice.edge.Settings;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/// The function `Submit`: `POST /jobs` and `GET /jobs/{job}`.
public final class SubmitHandler
    implements RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse>, AutoCloseable {
  private static final Duration GRACE = Duration.ofSeconds(1);
  private static final Duration PRESIGNED = Duration.ofHours(1);

  private final Aws aws;
  private final SubmitStage stage;

  public SubmitHandler() {
    this(System.getenv());
  }

  /// For `local`, whose environment is not the process's.
  public SubmitHandler(Map<String, String> env) {
    var bucket = Settings.read(env, from -> from.text("BUCKET"));
    aws = Aws.open(env);
    stage =
        new SubmitStage(
            new S3ObjectStore(aws.s3(), bucket),
            bucket,
            key -> aws.presignPut(bucket, key, PRESIGNED));
  }

  @Override
  public APIGatewayV2HTTPResponse handleRequest(APIGatewayV2HTTPEvent event, Context context) {
    var left = Duration.ofMillis(context.getRemainingTimeInMillis()).minus(GRACE.multipliedBy(2));
    ApiAnswer answer;
    try {
      answer = Island.run(Deadline.in(left), GRACE, run -> answer(event, run));
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      answer = ApiAnswer.wrong(503, "interrupted; try again");
    } catch (Exception failed) {
      context.getLogger().log("submit failed: " + failed + "\n");
      answer = ApiAnswer.wrong(503, "the store did not answer; try again");
    }
    return APIGatewayV2HTTPResponse.builder()
        .withStatusCode(answer.status())
        .withHeaders(Map.of("Content-Type", "application/json"))
        .withBody(answer.body().toString())
        .build();
  }

  private CompletionStage<ApiAnswer> answer(APIGatewayV2HTTPEvent event, Run run) {
    var http = event.getRequestContext().getHttp();
    if (http.getMethod().equals("POST")) {
      var body = event.getBody() == null ? "" : event.getBody();
      return stage.post(
          event.getIsBase64Encoded() ? new String(Base64.getDecoder().decode(body), UTF_8) : body,
          run);
    }
    var path = http.getPath();
    return stage.get(path.substring(path.lastIndexOf('/') + 1), run);
  }

  @Override
  public void close() {
    aws.close();
  }
}
