package dev.sluice.local.contract;

import dev.sluice.edge.Aws;
import dev.sluice.local.LocalStack;
import java.util.Set;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LocalStack.class)
@NullUnmarked // set before all tests
class QueueLocalStackIT extends QueueContract {
  private static Aws aws;

  @BeforeAll
  static void start() {
    aws = Aws.open(LocalStack.environment());
  }

  @AfterAll
  static void stop() {
    aws.close();
  }

  @Override
  AnyQueue queue(AnyQueue.Setting setting) {
    return SqsQueue.create(
        aws.sqs(), setting, Set.of(AnyQueue.Gap.A_GROUP_IS_UNLOCKED_BY_ANY_OF_ITS_MESSAGES));
  }
}
