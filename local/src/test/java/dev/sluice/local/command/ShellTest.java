package dev.sluice.local.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShellTest {
  @Test
  void aShellReadsTheLineAsExactlyTheWords() throws Exception {
    var words =
        List.of(
            "plain",
            "",
            "it's",
            "two words",
            "$HOME `id` \\",
            "--user-agent=me/1.0 (+x)",
            "*",
            "ü\n");

    var line = "for word in " + Shell.line(words) + "; do printf '%s\\0' \"$word\"; done";
    var sh = new ProcessBuilder("sh", "-c", line).redirectErrorStream(true).start();
    var read = new String(sh.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(read.split("\0")).containsExactlyElementsOf(words);
  }

  @Test
  void aWordThatNeedsNoQuotesHasNone() {
    assertThat(Shell.line(List.of("./sluice", "run", "urls.txt", "--per-host-delay", "200ms")))
        .isEqualTo("./sluice run urls.txt --per-host-delay 200ms");
  }
}
