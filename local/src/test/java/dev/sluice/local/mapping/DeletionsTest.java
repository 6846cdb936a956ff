package dev.sluice.local.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;
import software.amazon.awssdk.services.sqs.model.BatchResultErrorEntry;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchRequest;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchResponse;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.SqsException;

@NullUnmarked // a failed entry may have no cause
class DeletionsTest {
  /// A queue that refuses a receipt as often as it is listed, and remembers what it was asked.
  private static final class Refusing implements SqsAsyncClient {
    private final List<String> refused;
    private final boolean whole;
    private final boolean senderFault;
    private final List<List<String>> requests = new ArrayList<>();
    private final Set<String> deleted = new HashSet<>();

    Refusing(boolean whole, boolean senderFault, String... refused) {
      this.whole = whole;
      this.senderFault = senderFault;
      this.refused = new ArrayList<>(List.of(refused));
    }

    @Override
    public CompletableFuture<DeleteMessageBatchResponse> deleteMessageBatch(
        DeleteMessageBatchRequest request) {
      requests.add(
          request.entries().stream().map(DeleteMessageBatchRequestEntry::receiptHandle).toList());
      var failed = new ArrayList<BatchResultErrorEntry>();
      for (var entry : request.entries()) {
        if (refused.remove(entry.receiptHandle())) {
          if (whole) {
            return CompletableFuture.failedFuture(SqsException.builder().message("503").build());
          }
          failed.add(
              BatchResultErrorEntry.builder()
                  .id(entry.id())
                  .code("InternalError")
                  .senderFault(senderFault)
                  .build());
        } else {
          deleted.add(entry.receiptHandle());
        }
      }
      return CompletableFuture.completedFuture(
          DeleteMessageBatchResponse.builder().failed(failed).build());
    }

    @Override
    public String serviceName() {
      return "sqs";
    }

    @Override
    public void close() {}
  }

  private final List<Duration> pauses = new ArrayList<>();

  private void delete(Refusing queue, String... receipts) throws InterruptedException {
    new Deletions(queue, "http://queue", pauses::add)
        .delete(
            Arrays.stream(receipts)
                .map(receipt -> Message.builder().messageId(receipt).receiptHandle(receipt).build())
                .toList());
  }

  @Test
  void onlyTheEntriesThatFailedAreTriedAgain() throws Exception {
    var queue = new Refusing(false, false, "b", "c", "c");

    delete(queue, "a", "b", "c");

    assertThat(queue.requests)
        .containsExactly(List.of("a", "b", "c"), List.of("b", "c"), List.of("c"));
    assertThat(queue.deleted).containsExactlyInAnyOrder("a", "b", "c");
    assertThat(pauses).containsExactly(Duration.ofMillis(100), Duration.ofMillis(200));
  }

  @Test
  void aRequestThatFailedIsTriedAgainWhole() throws Exception {
    var queue = new Refusing(true, false, "a");

    delete(queue, "a", "b");

    assertThat(queue.deleted).containsExactlyInAnyOrder("a", "b");
  }

  @Test
  void afterFourTriesAMessageIsLeftToComeBackAndTheOthersAreDeleted() throws Exception {
    var queue = new Refusing(false, false, "a", "a", "a", "a", "a");

    delete(queue, "a", "b");

    assertThat(queue.requests).hasSize(4);
    assertThat(queue.deleted).containsExactly("b");
    assertThat(pauses).hasSize(3);
  }

  @Test
  void aReceiptThatIsNoLongerValidIsNotTriedAgain() throws Exception {
    var queue = new Refusing(false, true, "a");

    delete(queue, "a", "b");

    assertThat(queue.requests).hasSize(1);
    assertThat(pauses).isEmpty();
  }

  @Test
  void aRequestHasAtMostTen() throws Exception {
    var queue = new Refusing(false, false);

    delete(queue, IntStream.range(0, 21).mapToObj(i -> "m" + i).toArray(String[]::new));

    assertThat(queue.requests).extracting(List::size).containsExactly(10, 10, 1);
    assertThat(queue.deleted).hasSize(21);
  }
}
