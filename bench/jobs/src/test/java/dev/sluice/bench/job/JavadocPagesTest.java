package dev.sluice.bench.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JavadocPagesTest {
  @TempDir Path folder;

  /// A jar that holds its files' own names.
  static void jar(Path jar, String... names) throws IOException {
    try (var zip = new ZipOutputStream(Files.newOutputStream(jar))) {
      for (var name : names) {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(name.getBytes(UTF_8));
      }
    }
  }

  @Test
  void htmlAloneIsAPageAndItsPathBeginsWithItsJar() throws IOException {
    jar(folder.resolve("lib-1.0-javadoc.jar"), "a/B.html", "a/style.css", "a/C <T>.html");
    jar(folder.resolve("lib-1.0.jar"), "a/D.html");

    var pages = JavadocPages.of(folder).all();

    assertThat(pages).extracting(JavadocPages.Page::path).containsExactly("/lib-1.0/a/B.html");
    assertThat(pages).extracting(JavadocPages.Page::length).containsExactly(8L);
  }

  @Test
  void theOrderOfPagesIsThatOfNamesWhateverTheOrderInTheJar() throws IOException {
    jar(folder.resolve("b-javadoc.jar"), "z.html", "a.html");
    jar(folder.resolve("a-javadoc.jar"), "m.html");

    assertThat(JavadocPages.of(folder).all())
        .extracting(JavadocPages.Page::path)
        .containsExactly("/a/m.html", "/b/a.html", "/b/z.html");
  }

  @Test
  void aFolderWithoutPagesIsRefusedByName() {
    assertThatThrownBy(() -> JavadocPages.of(folder))
        .isInstanceOf(IOException.class)
        .hasMessage("a folder of pages must hold HTML in *-javadoc.jar, got " + folder);
  }
}
