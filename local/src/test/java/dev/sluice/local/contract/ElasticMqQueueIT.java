package dev.sluice.local.contract;

import java.util.Set;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

@NullUnmarked // set before all tests
class ElasticMqQueueIT extends QueueContract {
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
  AnyQueue queue(AnyQueue.Setting setting) {
    return SqsQueue.create(
        server.sqs(), setting, Set.of(AnyQueue.Gap.A_GROUP_IS_UNLOCKED_BY_ANY_OF_ITS_MESSAGES));
  }
}
