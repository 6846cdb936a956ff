package dev.sluice.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.archive.Json;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

class LogTest {
  private final ArrayList<String> lines = new ArrayList<>();
  private final Log log = new Log(lines::add);

  @Test
  void whatStrangersWroteIsOneLineOfAscii() {
    var hostile = "a\r\nb\u2028c\u2029d\u0085e\u202ef\u2066g\u0000h\u001b[31mi\t\u00e9\ud83d\ude00";

    log.line("warn", Json.object().put("error", hostile));

    assertThat(lines).hasSize(1);
    assertThat(lines.getFirst()).matches("[\\x20-\\x7e]+");
    assertThat(Json.tree(lines.getFirst()).path("error").textValue()).isEqualTo(hostile);
  }

  @Test
  void theLevelComesFirstAndFieldsInTheirOrder() {
    log.line("info", Json.object().put("job", "spring").put("took_ms", 5));

    assertThat(lines).containsExactly("{\"level\":\"info\",\"job\":\"spring\",\"took_ms\":5}");
  }

  @Test
  void anEnumIsWrittenInLowerCase() {
    log.line("info", Log.fields(new Done(Result.GAVE_UP, 5)));

    assertThat(lines).containsExactly("{\"level\":\"info\",\"result\":\"gave_up\",\"took_ms\":5}");
  }

  private enum Result {
    GAVE_UP
  }

  private record Done(Result result, int tookMs) {}
}
