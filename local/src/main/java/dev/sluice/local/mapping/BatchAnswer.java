package dev.sluice.local.mapping;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.HashSet;
import java.util.Set;

/// The answer of a function to a batch, read as Lambda reads it when the mapping reports batch item
/// failures.
///
/// The shapes are those of the Lambda developer guide, "Success and failure conditions" of partial
/// batch responses for SQS. The guide does not name an answer that is JSON but no object, a
/// `batchItemFailures` that is no array, or an item that is no object: each counts as an invalid
/// answer here, so that all messages come back rather than any be lost.
final class BatchAnswer {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private BatchAnswer() {}

  /// The messages that come back.
  ///
  /// @param answer as the function wrote it, be it JSON or not
  /// @param batch ids of all messages of the invocation
  /// @return some of `batch`; all of it if the answer is not valid
  static Set<String> failed(String answer, Set<String> batch) {
    JsonNode root;
    try {
      root = JSON.readTree(answer);
    } catch (JsonProcessingException malformed) {
      return batch;
    }
    if (root.isMissingNode() || root.isNull()) {
      return Set.of();
    }
    return root.isObject() ? listed(root.path("batchItemFailures"), batch) : batch;
  }

  private static Set<String> listed(JsonNode list, Set<String> batch) {
    if (list.isMissingNode() || list.isNull()) {
      return Set.of();
    }
    if (!list.isArray()) {
      return batch;
    }
    var failed = new HashSet<String>();
    for (var item : list) {
      var id = item.path("itemIdentifier");
      if (!id.isTextual() || !batch.contains(id.textValue())) {
        return batch;
      }
      failed.add(id.textValue());
    }
    return failed;
  }
}
