package dev.sluice.local.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `sluice`, the script, in a folder where all is built and Java tells what it was started with.
@NullUnmarked // set before each test
class StartScriptTest {
  @TempDir Path folder;
  private Path home;

  @BeforeEach
  void build() throws IOException {
    home = Files.createDirectory(folder.resolve("home")).toRealPath();
    for (var sources : List.of("shared", "functions", "local/target/lib", "jdk/bin")) {
      Files.createDirectories(home.resolve(sources));
    }
    Files.writeString(home.resolve("pom.xml"), "");
    Files.writeString(home.resolve("jdk/release"), "JAVA_VERSION=\"25\"\n");
    script("local/jdk25", "echo '" + home.resolve("jdk") + "'");
    script("jdk/bin/java", "echo \"LC_ALL=${LC_ALL:-}\"; for word; do echo \"$word\"; done");
    Files.writeString(home.resolve("local/target/sluice-local-0.1.0-SNAPSHOT.jar"), "");
    Files.writeString(home.resolve("local/target/built"), "");
    Files.copy(Path.of("..", "sluice"), home.resolve("sluice"));
    assertThat(home.resolve("sluice").toFile().setExecutable(true)).isTrue();
  }

  private void script(String name, String line) throws IOException {
    var file = Files.writeString(home.resolve(name), "#!/bin/sh\n" + line + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  /// What Java was started with: its locale and its words.
  private List<String> started(Map<String, String> environment) throws Exception {
    var builder =
        new ProcessBuilder("home/sluice", "run", "liste.txt")
            .directory(folder.toFile())
            .redirectError(folder.resolve("stderr").toFile());
    builder.environment().keySet().removeIf(name -> name.matches("LANG|LC_.*"));
    builder.environment().putAll(environment);
    var process = builder.start();
    var lines = new String(process.getInputStream().readAllBytes(), UTF_8).lines().toList();
    assertThat(process.waitFor()).as(Files.readString(folder.resolve("stderr"))).isZero();
    return lines;
  }

  @Test
  void whoeverHasALocaleOfAsciiGetsOneWithAllNames() throws Exception {
    assertThat(started(Map.of())).startsWith("LC_ALL=C.UTF-8");
    assertThat(started(Map.of("LC_ALL", "C"))).startsWith("LC_ALL=C.UTF-8");
    assertThat(started(Map.of("LANG", "xx_XX.UTF-8"))).startsWith("LC_ALL=C.UTF-8");
  }

  @Test
  void aLocaleOfUtf8Stays() throws Exception {
    assertThat(started(Map.of("LANG", "C.UTF-8"))).startsWith("LC_ALL=");
  }

  @Test
  void itFindsItsFolderWhereverElseCdLooks() throws Exception {
    assertThat(started(Map.of("CDPATH", folder.toString(), "LANG", "C.UTF-8")))
        .contains("-Dsluice.home=" + home)
        .containsSequence("run", "liste.txt");
  }
}
