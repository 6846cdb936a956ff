package dev.sluice.edge;

import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.defaultsmode.DefaultsMode;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.ProxyConfiguration;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.s3.S3AsyncClientBuilder;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.auth.scheme.S3AuthSchemeProvider;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;
import software.amazon.awssdk.services.sqs.SqsAsyncClientBuilder;
import software.amazon.awssdk.services.sqs.auth.scheme.SqsAuthSchemeProvider;

/// The settings of a client of an embedded server. The environment, the system properties and the
/// profile files of the user are about AWS, so each setting that the SDK would read from them is
/// set here.
final class Embedded {
  private static final String NO_FILE = "/dev/null";
  private static final ProfileFile NO_PROFILES = ProfileFile.aggregator().build();

  private Embedded() {}

  static void http(NettyNioAsyncHttpClient.Builder http) {
    http.proxyConfiguration(
        ProxyConfiguration.builder()
            .useSystemPropertyValues(false)
            .useEnvironmentVariableValues(false)
            .build());
  }

  static void overrides(ClientOverrideConfiguration.Builder overrides) {
    // The SDK reads the user's files even for a client that has others, and fails if one is broken.
    // Only the process can set where they lie.
    System.setProperty("aws.configFile", NO_FILE);
    System.setProperty("aws.sharedCredentialsFile", NO_FILE);
    // The client's conditions apply; the SDK's own strategies would read how often to try.
    overrides
        .defaultProfileFile(NO_PROFILES)
        .defaultProfileName("default")
        .retryStrategy(DefaultRetryStrategy.legacyStrategyBuilder().build())
        .compressionConfiguration(compression ->
            compression.requestCompressionEnabled(false).minimumCompressionThresholdInBytes(0))
        .appId("sluice");
  }

  static <B extends AwsClientBuilder<B, ?>> void settings(B builder) {
    builder.fipsEnabled(false).dualstackEnabled(false).defaultsMode(DefaultsMode.LEGACY);
  }

  static void sqs(SqsAsyncClientBuilder builder) {
    builder
        .checksumValidationEnabled(true)
        .authSchemeProvider(SqsAuthSchemeProvider.defaultProvider());
  }

  static void s3(S3AsyncClientBuilder builder) {
    builder
        .serviceConfiguration(configuration())
        .authSchemeProvider(S3AuthSchemeProvider.defaultProvider())
        .disableS3ExpressSessionAuth(true);
  }

  static void presigner(S3Presigner.Builder builder) {
    builder
        .serviceConfiguration(configuration())
        .fipsEnabled(false)
        .dualstackEnabled(false)
        .disableS3ExpressSessionAuth(true);
  }

  private static S3Configuration configuration() {
    return S3Configuration.builder()
        .profileFile(() -> NO_PROFILES)
        .profileName("default")
        .pathStyleAccessEnabled(true)
        .useArnRegionEnabled(false)
        .build();
  }
}
