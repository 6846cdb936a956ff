package dev.sluice.local.contract;

import dev.sluice.edge.Aws;
import dev.sluice.edge.S3ObjectStore;
import dev.sluice.flow.ObjectStore;
import dev.sluice.local.LocalStack;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LocalStack.class)
@NullUnmarked // set before all tests
class StoreLocalStackIT extends ObjectStoreContract {
  private static Aws aws;

  @BeforeAll
  static void start() {
    aws = Aws.open(LocalStack.environment());
    aws.s3().createBucket(create -> create.bucket("contract")).join();
  }

  @AfterAll
  static void stop() {
    aws.close();
  }

  @Override
  ObjectStore store() {
    return new S3ObjectStore(aws.s3(), "contract");
  }
}
