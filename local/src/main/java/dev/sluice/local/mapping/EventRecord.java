package dev.sluice.local.mapping;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.archive.Json;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;

/// A message as one record of an event, in the shape that Lambda gives it.
///
/// @param group of a FIFO queue; else empty
/// @param json the record
/// @param bytes of `json` in UTF-8
record EventRecord(Message message, String group, String json, int bytes) {
  /// The bytes of an event around its records.
  static final int ENVELOPE_BYTES = "{\"Records\":[]}".length();

  static EventRecord of(Message message, String queueName) {
    var record = Json.object();
    record
        .put("messageId", message.messageId())
        .put("receiptHandle", message.receiptHandle())
        .put("body", message.body())
        .put("md5OfBody", message.md5OfBody())
        .put("eventSource", "aws:sqs")
        .put("eventSourceARN", Arns.queue(queueName))
        .put("awsRegion", Arns.REGION);
    var attributes = record.putObject("attributes");
    message.attributesAsStrings().forEach(attributes::put);
    var own = record.putObject("messageAttributes");
    message
        .messageAttributes()
        .forEach((name, value) -> {
          var attribute = own.putObject(name).put("dataType", value.dataType());
          if (value.stringValue() != null) {
            attribute.put("stringValue", value.stringValue());
          }
          if (value.binaryValue() != null) {
            attribute.put(
                "binaryValue",
                Base64.getEncoder().encodeToString(value.binaryValue().asByteArray()));
          }
          attribute.putArray("stringListValues");
          attribute.putArray("binaryListValues");
        });
    var json = record.toString();
    return new EventRecord(
        message,
        message.attributes().getOrDefault(MessageSystemAttributeName.MESSAGE_GROUP_ID, ""),
        json,
        json.getBytes(UTF_8).length);
  }

  String id() {
    return message.messageId();
  }

  /// The event that an invocation gets.
  static String event(List<EventRecord> batch) {
    return batch.stream()
        .map(EventRecord::json)
        .collect(Collectors.joining(",", "{\"Records\":[", "]}"));
  }
}
