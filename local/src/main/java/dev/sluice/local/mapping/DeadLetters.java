package dev.sluice.local.mapping;

import java.util.HashMap;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeNameForSends;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeValue;

/// The queue that another one's messages go to when they are given up before the redrive does it.
///
/// @param queueUrl of the dead letters; null if the queue has none
public record DeadLetters(SqsAsyncClient sqs, @Nullable String queueUrl) {
  /// Sends the message there with all that it has; deletes nothing.
  ///
  /// @return whether it is there; if not, it comes back by itself
  boolean take(Message message) {
    if (queueUrl == null) {
      return false;
    }
    var system = new HashMap<MessageSystemAttributeNameForSends, MessageSystemAttributeValue>();
    var trace = message.attributes().get(MessageSystemAttributeName.AWS_TRACE_HEADER);
    if (trace != null) {
      system.put(
          MessageSystemAttributeNameForSends.AWS_TRACE_HEADER,
          MessageSystemAttributeValue.builder().dataType("String").stringValue(trace).build());
    }
    var group = message.attributes().get(MessageSystemAttributeName.MESSAGE_GROUP_ID);
    try {
      sqs.sendMessage(send ->
              send.queueUrl(queueUrl)
                  .messageBody(message.body())
                  .messageAttributes(message.messageAttributes())
                  .messageSystemAttributes(system)
                  .messageGroupId(group)
                  .messageDeduplicationId(group == null ? null : message.messageId()))
          .join();
      return true;
    } catch (CompletionException refused) {
      return false;
    }
  }
}
