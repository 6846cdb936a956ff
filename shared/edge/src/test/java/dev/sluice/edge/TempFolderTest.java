package dev.sluice.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TempFolderTest {
  @TempDir Path parent;

  private List<Path> folders() throws IOException {
    try (var all = Files.list(parent)) {
      return all.toList();
    }
  }

  @Test
  void anInvocationFindsNoFileOfTheOneBefore() throws IOException {
    try (var temp = TempFolder.open(parent)) {
      try (var _ = temp.use()) {
        Files.createDirectories(temp.path().resolve("deep/er"));
        Files.writeString(temp.path().resolve("deep/er/archive"), "half");
      }

      try (var _ = temp.use()) {
        assertThat(temp.path()).isEmptyDirectory();
      }
    }
  }

  @Test
  void ofInvocationsThatRunSideBySideNoneLosesItsFiles() throws IOException {
    try (var temp = TempFolder.open(parent)) {
      var first = temp.use();
      var file = Files.writeString(temp.path().resolve("archive"), "half");

      var second = temp.use();
      first.close();
      try (var _ = temp.use()) {
        assertThat(file).exists();
      }
      second.close();
      try (var _ = temp.use()) {
        assertThat(file).doesNotExist();
      }
    }
  }

  @Test
  void theFolderOfAProcessThatHasEndedIsRemoved() throws IOException {
    var left = Files.createDirectories(parent.resolve("sluice-temp-1234/files"));
    Files.writeString(left.resolve("archive"), "half");
    Files.createFile(left.resolveSibling("lock"));
    var strange = Files.writeString(parent.resolve("somebody's"), "own");

    try (var temp = TempFolder.open(parent)) {
      assertThat(folders()).containsExactlyInAnyOrder(strange, temp.path().getParent());
    }
  }

  /// In `local` many environments live in one process.
  @Test
  void anotherProcessKeepsTheFoldersOfAllEnvironmentsOfThisOne() throws Exception {
    try (var first = TempFolder.open(parent);
        var second = TempFolder.open(parent);
        var child = Holder.start(parent)) {
      assertThat(first.path()).exists();
      assertThat(second.path()).exists();
      assertThat(child.path()).exists();
    }
  }

  @Test
  void theFolderOfAnotherEnvironmentThatLivesIsKept() throws Exception {
    try (var here = TempFolder.open(parent);
        var child = Holder.start(parent)) {
      try (var _ = TempFolder.open(parent)) {
        assertThat(here.path()).exists();
        assertThat(child.path()).exists();
      }

      child.kill();

      try (var _ = TempFolder.open(parent)) {
        assertThat(here.path()).exists();
        assertThat(child.path()).doesNotExist();
      }
    }
  }

  @Test
  void whatIsClosedLeavesNothing() throws IOException {
    var temp = TempFolder.open(parent);
    Files.writeString(temp.path().resolve("archive"), "half");

    temp.close();

    assertThat(folders()).isEmpty();
  }

  @Test
  void aFolderThatCannotBeWrittenIsBroken() throws IOException {
    try (var temp = TempFolder.open(parent)) {
      assertThatCode(() -> temp.check(1)).doesNotThrowAnyException();
      assertThat(temp.path()).isEmptyDirectory();

      Files.delete(temp.path());
      Files.createFile(temp.path());

      assertThatThrownBy(() -> temp.check(1)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void aDiskWithoutRoomForATaskIsBroken() {
    try (var temp = TempFolder.open(parent)) {
      assertThatThrownBy(() -> temp.check(Long.MAX_VALUE))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith("the disk of the temporary folder " + parent)
          .hasMessageContaining("must have " + Long.MAX_VALUE + " bytes free, got ");
    }
  }

  @Test
  void aParentThatIsNoneIsNamed() {
    assertThatThrownBy(() -> TempFolder.open(parent.resolve("nowhere")))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("nowhere");
  }

  /// Another process that holds a folder until it is killed.
  record Holder(Process process, Path path) implements AutoCloseable {
    static Holder start(Path parent) throws IOException {
      var process =
          new ProcessBuilder(
                  System.getProperty("java.home") + "/bin/java",
                  "-cp",
                  System.getProperty("java.class.path"),
                  Holder.class.getName(),
                  parent.toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      return new Holder(process, Path.of(process.inputReader().readLine()));
    }

    public static void main(String[] args) throws IOException {
      System.out.println(TempFolder.open(Path.of(args[0])).path());
      System.exit(System.in.read());
    }

    void kill() {
      process.destroyForcibly().onExit().join();
    }

    @Override
    public void close() {
      kill();
    }
  }
}
