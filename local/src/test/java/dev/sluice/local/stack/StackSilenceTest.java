package dev.sluice.local.stack;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.internal.logging.InternalLoggerFactory;
import org.junit.jupiter.api.Test;

/// What a user reads on standard error is ours.
class StackSilenceTest {
  @Test
  void nettyWarnsNobodyOfWhatHappensWhileClientsClose() throws Exception {
    Class.forName(Stack.class.getName());

    var netty = InternalLoggerFactory.getInstance("io.netty.util.internal.PromiseNotificationUtil");

    assertThat(netty.isWarnEnabled()).isFalse();
    assertThat(netty.isErrorEnabled()).isTrue();
  }

  @Test
  void aFanOutWarnsNobodyOfWhatHoldsItsDriver() throws Exception {
    Class.forName(Stack.class.getName());

    var fanOut = System.getLogger("dev.sluice.async");

    assertThat(fanOut.isLoggable(System.Logger.Level.WARNING)).isFalse();
    assertThat(fanOut.isLoggable(System.Logger.Level.ERROR)).isTrue();
  }
}
