package dev.sluice.edge;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsAsyncClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.client.config.SdkAdvancedAsyncClientOption;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;
import software.amazon.awssdk.services.s3.presigner.model.PutObjectPresignRequest;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;

/// The clients of one execution environment. Once they are closed every call fails, which fences an
/// environment that has timed out.
///
/// They read `AWS_ENDPOINT_URL_SQS`, `AWS_ENDPOINT_URL_S3`, `AWS_REGION`, `AWS_ACCESS_KEY_ID` and
/// `AWS_SECRET_ACCESS_KEY` of the environment; a variable that is missing leaves the SDK's default.
/// If endpoint, region and keys are there, and no session, the server is an embedded one: its
/// client takes nothing else from the process or its user, not even a proxy. [#TRACE] is read at
/// each request, for it may change from one invocation to the next.
public final class Aws implements AutoCloseable {
  /// The variable of the trace that an invocation belongs to, by Lambda's name. Lambda does not set
  /// it for Java; there the SDK sends the trace that the runtime names. `local`, which runs many
  /// invocations in one process, sets it.
  public static final String TRACE = "_X_AMZN_TRACE_ID";

  private static final String SQS = "AWS_ENDPOINT_URL_SQS";
  private static final String S3 = "AWS_ENDPOINT_URL_S3";

  private static final int MAX_CONNECTIONS = 64;

  /// Runs the timeouts and retries of all clients of the process; by default each client has five
  /// threads for them.
  private static final ScheduledExecutorService TIMER =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("sluice-aws-timer").factory());

  private final Map<String, String> env;
  private final SqsAsyncClient sqs;
  private final S3AsyncClient s3;

  private Aws(Map<String, String> env) {
    this.env = env;
    sqs = sqsClient();
    s3 = s3Client();
  }

  private SqsAsyncClient sqsClient() {
    var builder = with(SqsAsyncClient.builder(), SQS);
    if (isEmbedded(SQS)) {
      Embedded.sqs(builder);
    }
    return builder.build();
  }

  private S3AsyncClient s3Client() {
    var builder =
        with(S3AsyncClient.builder(), S3)
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED);
    if (isEmbedded(S3)) {
      Embedded.s3(builder);
    } else {
      builder.forcePathStyle(endpoint(S3) != null);
    }
    return builder.build();
  }

  /// Makes the clients; connects to nothing yet.
  public static Aws open(Map<String, String> env) {
    return new Aws(env);
  }

  /// The client for queues.
  public SqsAsyncClient sqs() {
    return sqs;
  }

  /// The client for the store.
  public S3AsyncClient s3() {
    return s3;
  }

  /// A URL to put this object with, good for `valid`.
  public String presignPut(String bucket, String key, Duration valid) {
    var endpoint = endpoint(S3);
    var builder = S3Presigner.builder();
    if (isEmbedded(S3)) {
      Embedded.presigner(builder);
    } else {
      builder.serviceConfiguration(
          S3Configuration.builder().pathStyleAccessEnabled(endpoint != null).build());
    }
    if (endpoint != null) {
      builder.endpointOverride(endpoint);
    }
    if (env.containsKey("AWS_REGION")) {
      builder.region(Region.of(env.get("AWS_REGION")));
    }
    var credentials = credentials();
    if (credentials != null) {
      builder.credentialsProvider(credentials);
    }
    try (var presigner = builder.build()) {
      return presigner
          .presignPutObject(
              PutObjectPresignRequest.builder()
                  .signatureDuration(valid)
                  .putObjectRequest(put -> put.bucket(bucket).key(key))
                  .build())
          .url()
          .toString();
    }
  }

  private static NettyNioAsyncHttpClient.Builder http() {
    return NettyNioAsyncHttpClient.builder()
        .maxConcurrency(MAX_CONNECTIONS)
        .connectionAcquisitionTimeout(Duration.ofSeconds(30));
  }

  private <B extends AwsAsyncClientBuilder<B, ?> & AwsClientBuilder<B, ?>> B with(
      B builder, String endpointName) {
    var http = http();
    var overrides =
        ClientOverrideConfiguration.builder()
            .apiCallAttemptTimeout(Duration.ofSeconds(25))
            .apiCallTimeout(Duration.ofSeconds(60))
            .scheduledExecutorService(TIMER)
            .addExecutionInterceptor(new TraceHeader(env));
    if (isEmbedded(endpointName)) {
      Embedded.http(http);
      Embedded.overrides(overrides);
      Embedded.settings(builder);
    }
    builder.httpClientBuilder(http).overrideConfiguration(overrides.build());
    // A stage that depends on an answer only moves to the executor of its run, so it needs no pool.
    builder.asyncConfiguration(async ->
        async.advancedOption(
            SdkAdvancedAsyncClientOption.FUTURE_COMPLETION_EXECUTOR, Runnable::run));
    var endpoint = endpoint(endpointName);
    if (endpoint != null) {
      builder.endpointOverride(endpoint);
    }
    if (env.containsKey("AWS_REGION")) {
      builder.region(Region.of(env.get("AWS_REGION")));
    }
    var credentials = credentials();
    if (credentials != null) {
      builder.credentialsProvider(credentials);
    }
    return builder;
  }

  /// On AWS an endpoint may be set as well, but its credentials are a session's.
  private boolean isEmbedded(String endpointName) {
    return endpoint(endpointName) != null && env.containsKey("AWS_REGION") && credentials() != null;
  }

  private @Nullable URI endpoint(String name) {
    var value = env.getOrDefault(name, "");
    return value.isBlank() ? null : URI.create(value);
  }

  /// Null for the SDK's own chain, which on Lambda also knows the session.
  private @Nullable AwsCredentialsProvider credentials() {
    var id = env.getOrDefault("AWS_ACCESS_KEY_ID", "");
    var secret = env.getOrDefault("AWS_SECRET_ACCESS_KEY", "");
    return id.isBlank() || secret.isBlank() || env.containsKey("AWS_SESSION_TOKEN")
        ? null
        : StaticCredentialsProvider.create(AwsBasicCredentials.create(id, secret));
  }

  /// Adds the trace to each request, as the SDK does on Lambda.
  private record TraceHeader(Map<String, String> env) implements ExecutionInterceptor {
    private static final String HEADER = "X-Amzn-Trace-Id";

    @Override
    public SdkHttpRequest modifyHttpRequest(
        Context.ModifyHttpRequest context, ExecutionAttributes attributes) {
      var request = context.httpRequest();
      var trace = env.get(TRACE);
      return trace == null || request.firstMatchingHeader(HEADER).isPresent()
          ? request
          : request.toBuilder().putHeader(HEADER, trace).build();
    }
  }

  @Override
  public void close() {
    sqs.close();
    s3.close();
  }
}
