package dev.sluice.local.contract;

import dev.sluice.edge.Aws;
import java.util.Map;
import org.elasticmq.rest.sqs.SQSRestServer;
import org.elasticmq.rest.sqs.SQSRestServerBuilder;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;

/// The embedded queue server, without the stack around it.
final class ElasticMq implements AutoCloseable {
  private final SQSRestServer server;
  private final Aws aws;

  private ElasticMq(SQSRestServer server) {
    this.server = server;
    var port = server.waitUntilStarted().localAddress().getPort();
    aws =
        Aws.open(
            Map.of(
                "AWS_ENDPOINT_URL_SQS", "http://127.0.0.1:" + port,
                "AWS_REGION", "eu-west-1",
                "AWS_ACCESS_KEY_ID", "id",
                "AWS_SECRET_ACCESS_KEY", "secret"));
  }

  static ElasticMq start() {
    return new ElasticMq(SQSRestServerBuilder.withInterface("127.0.0.1").withDynamicPort().start());
  }

  SqsAsyncClient sqs() {
    return aws.sqs();
  }

  @Override
  public void close() {
    aws.close();
    server.stopAndWait();
  }
}
