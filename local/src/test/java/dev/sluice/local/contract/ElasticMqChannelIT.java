package dev.sluice.local.contract;

import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

@NullUnmarked // set before all tests
class ElasticMqChannelIT extends ChannelContract {
  private static ElasticMq server;

  @BeforeAll
  static void start() {
    server = ElasticMq.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Override
  protected Ends open() {
    return new SqsEnds(server.sqs());
  }
}
