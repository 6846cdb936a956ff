package dev.sluice.bench.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/// The messages in a queue at one time, and the memory of this process.
///
/// @param seconds from the first look
/// @param messages visible, delayed and in flight
/// @param megabytes resident
record QueueDepth(long seconds, long messages, long megabytes) {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final long EVERY_SECONDS = 5;

  /// Looks now, and every 5 s until so many seconds have passed.
  static List<QueueDepth> watch(SqsAsyncClient sqs, String queueUrl, long seconds)
      throws IOException, InterruptedException {
    var depths = new ArrayList<QueueDepth>();
    for (var at = 0L; at <= seconds; at += EVERY_SECONDS) {
      if (at > 0) {
        TimeUnit.SECONDS.sleep(EVERY_SECONDS);
      }
      var resident = ProcessTree.kilobytes("VmRSS", Files.readString(STATUS)) / 1024;
      depths.add(new QueueDepth(at, messages(sqs, queueUrl), resident));
    }
    return depths;
  }

  private static long messages(SqsAsyncClient sqs, String queueUrl) {
    return sqs
        .getQueueAttributes(ask ->
            ask.queueUrl(queueUrl)
                .attributeNames(
                    QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES,
                    QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_DELAYED,
                    QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE))
        .join()
        .attributes()
        .values()
        .stream()
        .mapToLong(Long::parseLong)
        .sum();
  }
}
