package dev.sluice.local.mapping;

/// The names that resources have on this machine.
public final class Arns {
  public static final String REGION = "eu-west-1";
  public static final String ACCOUNT = "000000000000";

  private Arns() {}

  /// Of a queue.
  public static String queue(String queueName) {
    return "arn:aws:sqs:" + REGION + ":" + ACCOUNT + ":" + queueName;
  }
}
