package dev.sluice.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SettingsTest {
  private record Read(String name, long size, int count, Duration pause, boolean flag, int port) {
    static Read of(Map<String, String> env) {
      return Settings.read(
          env,
          from ->
              new Read(
                  from.text("NAME"),
                  from.number("SIZE_BYTES", 1, 1L << 40),
                  from.count("COUNT", 1, 10),
                  from.millis("WAIT_MILLIS", 0, 1000),
                  from.flag("FLAG"),
                  from.parsed("PORT", 0, Integer::parseInt)));
    }
  }

  @Test
  void settingsAreReadInTheirUnits() {
    var read =
        Read.of(
            Map.of(
                "NAME", "n",
                "SIZE_BYTES", "1099511627776",
                "COUNT", " 10 ",
                "WAIT_MILLIS", "0",
                "FLAG", "true",
                "PORT", "80"));

    assertThat(read).isEqualTo(new Read("n", 1L << 40, 10, Duration.ZERO, true, 80));
  }

  @Test
  void oneErrorNamesAllThatIsMissing() {
    assertThatThrownBy(() -> Read.of(Map.of("NAME", " ")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "settings: NAME is missing; SIZE_BYTES is missing; COUNT is missing; WAIT_MILLIS is"
                + " missing; FLAG is missing; PORT: For input string: \"\"");
  }

  @Test
  void oneErrorNamesAllThatIsWrongWithItsValueAndRule() {
    var env =
        Map.of(
            "NAME", "n",
            "SIZE_BYTES", "0",
            "COUNT", "11",
            "WAIT_MILLIS", "banana",
            "FLAG", "yes",
            "PORT", "80");

    assertThatThrownBy(() -> Read.of(env))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "settings: SIZE_BYTES must be a whole number from 1 to 1099511627776, got 0; COUNT must"
                + " be a whole number from 1 to 10, got 11; WAIT_MILLIS must be a whole number from"
                + " 0 to 1000, got banana; FLAG must be true or false, got yes");
  }

  @Test
  void aRuleThatSpansSettingsIsSaidAsItIs() {
    assertThatThrownBy(() ->
            Settings.read(
                Map.of(),
                _ -> {
                  throw new IllegalArgumentException("timeout must exceed the reserve");
                }))
        .hasMessage("settings: timeout must exceed the reserve");
  }

  @Test
  void whatIsWrongIsSaidThoughItBreaksTheReader() {
    assertThatThrownBy(() ->
            Settings.read(
                Map.of(),
                from -> {
                  throw new IllegalStateException("broken by " + from.count("COUNT", 1, 2));
                }))
        .hasMessage("settings: COUNT is missing");
  }

  @Test
  void aTextMayBeEmptyWhereItIsSaid() {
    assertThat(Settings.<String>read(Map.of(), from -> from.textOrEmpty("ALLOW"))).isEmpty();
  }
}
