package dev.sluice.local.contract;

import dev.sluice.edge.Aws;
import dev.sluice.local.LocalStack;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LocalStack.class)
@NullUnmarked // set before all tests
class ChannelLocalStackIT extends ChannelContract {
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
  protected Ends open() {
    return new SqsEnds(aws.sqs());
  }
}
