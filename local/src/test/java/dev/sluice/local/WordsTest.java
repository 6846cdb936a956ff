package dev.sluice.local;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The words of the code and of the docs, as far as a test can hold them: a name means one type, a
/// sentence has a subject, a paragraph can be read in one breath.
class WordsTest {
  /// Names that two public types share, each with its reason.
  private static final Map<String, String> SHARED = Map.of();

  @Test
  void noTwoPublicTypesShareASimpleName() {
    var types =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.sluice");

    var shared =
        types.stream()
            .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
            .filter(type -> !type.isAnonymousClass() && !isWrittenWithItsOwner(type))
            .collect(groupingBy(JavaClass::getSimpleName, counting()))
            .entrySet()
            .stream()
            .filter(name -> name.getValue() > 1)
            .map(Map.Entry::getKey)
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(types).hasSizeGreaterThan(300);
    assertThat(shared).isEqualTo(new TreeSet<>(SHARED.keySet()));
  }

  @Test
  void noDocCommentHasWhatForItsSubject() throws IOException {
    var what = Pattern.compile("(?im)^\\s*///? *what .*$");

    assertThat(found(what, files("..", ".java").filter(WordsTest::isMain))).isEmpty();
  }

  @Test
  void aParagraphOfTheDocsHasAtMost500Characters() throws IOException {
    var pages = files("../docs", ".md").filter(page -> !page.toString().contains("adr"));
    var long500 = Pattern.compile("(?m)^(?![|` ]).{501,}$");

    assertThat(found(long500, Stream.concat(pages, Stream.of(Path.of("..", "README.md")))))
        .isEmpty();
  }

  /// Where a pattern matches, with the file and the beginning of the match.
  private static List<String> found(Pattern pattern, Stream<Path> files) throws IOException {
    var found = new ArrayList<String>();
    for (var file : files.toList()) {
      pattern
          .matcher(Files.readString(file))
          .results()
          .map(match -> file + ": " + match.group().strip())
          .forEach(found::add);
    }
    return found;
  }

  private static Stream<Path> files(String folder, String ending) throws IOException {
    try (var files = Files.walk(Path.of(folder))) {
      return files.filter(file -> file.toString().endsWith(ending)).toList().stream();
    }
  }

  private static boolean isMain(Path file) {
    return file.toString().replace('\\', '/').contains("src/main/java/");
  }

  /// A kind of a sealed choice stands as `Ending.Failed`, never alone.
  private static boolean isWrittenWithItsOwner(JavaClass type) {
    return type.getEnclosingClass()
        .filter(owner -> owner.isInterface() && type.isAssignableTo(owner.getName()))
        .isPresent();
  }
}
