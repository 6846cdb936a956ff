package dev.sluice.bench.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.sqs.model.GetQueueAttributesRequest;
import software.amazon.awssdk.services.sqs.model.ReceiveMessageRequest;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequest;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequestEntry;

class CallsTest {
  /// What these requests add to the counts.
  private static Map<String, Long> units(SdkRequest... requests) {
    var before = Calls.units();
    for (var request : requests) {
      Calls.count(request);
    }
    var units = new TreeMap<>(Calls.units());
    before.forEach((unit, count) -> units.merge(unit, -count, Long::sum));
    units.values().removeIf(count -> count == 0);
    return units;
  }

  private static SendMessageBatchRequest send(String queueUrl, int... lengths) {
    var entries = new ArrayList<SendMessageBatchRequestEntry>();
    for (var length : lengths) {
      entries.add(SendMessageBatchRequestEntry.builder().messageBody("x".repeat(length)).build());
    }
    return SendMessageBatchRequest.builder().queueUrl(queueUrl).entries(entries).build();
  }

  @Test
  void aBatchIsBilledForEach64KilobytesOfAllItsMessages() {
    var kilobytes = 1024;

    assertThat(units(send("http://q", 1, 1))).containsOnly(Map.entry("sqs.standard", 1L));
    assertThat(units(send("http://q", 32 * kilobytes, 32 * kilobytes)))
        .containsOnly(Map.entry("sqs.standard", 1L));
    assertThat(units(send("http://q.fifo", 48 * kilobytes, 48 * kilobytes, 48 * kilobytes)))
        .containsOnly(Map.entry("sqs.fifo", 3L));
  }

  @Test
  void readsOfTheStoreCostOneThingAndWritesAndListsAnother() {
    assertThat(
            units(
                GetObjectRequest.builder().build(),
                HeadObjectRequest.builder().build(),
                PutObjectRequest.builder().build(),
                ListObjectsV2Request.builder().build(),
                ListObjectsV2Request.builder().build(),
                DeleteObjectRequest.builder().build()))
        .containsOnly(Map.entry("s3.get", 2L), Map.entry("s3.put", 3L));
  }

  @Test
  void whatAMappingAsksIsNotCountedHere() {
    assertThat(
            units(
                ReceiveMessageRequest.builder().queueUrl("http://q").build(),
                GetQueueAttributesRequest.builder().queueUrl("http://q.fifo").build()))
        .containsOnly(Map.entry("sqs.fifo", 1L));
  }
}
