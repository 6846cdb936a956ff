package dev.sluice.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.CaseTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.DefaultCaseLabelTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.SwitchExpressionTree;
import com.sun.source.tree.SwitchTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.type.TypeVariable;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A `default` over a sealed type or an enum of ours would take a new kind without a word; without
/// it the compiler names each switch that does not know the kind. No compiler warns of the
/// `default`, so javac's own trees are asked here.
class SealedSwitchTest {
  private static final List<Path> MAIN =
      List.of(Path.of("..", "shared"), Path.of("..", "functions"), Path.of("src", "main"));

  @TempDir private Path folder;

  @Test
  void noSwitchOverAKindOfOursHasADefault() throws IOException {
    var sources = new ArrayList<Path>();
    for (var room : MAIN) {
      try (var files = Files.walk(room)) {
        files.filter(SealedSwitchTest::isMain).forEach(sources::add);
      }
    }

    assertThat(sources).hasSizeGreaterThan(200);
    assertThat(defaults(sources)).isEmpty();
  }

  @Test
  void aDefaultOverASealedTypeOrAnEnumIsFound() throws IOException {
    var source = folder.resolve("Kinds.java");
    Files.writeString(
        source,
        """
        package dev.sluice;
        class Kinds {
          sealed interface Kind { record A() implements Kind {} record B() implements Kind {} }
          enum Size { S, L }
          static int of(Kind kind) { return switch (kind) { case Kind.A _ -> 1; default -> 2; }; }
          static <K extends Kind> void go(K kind) {
            switch (kind) { case Kind.A _ -> {} case null, default -> {} }
          }
          static int of(Size size) { return switch (size) { case S -> 1; default -> 2; }; }
          static int whole(Kind kind) {
            return switch (kind) { case Kind.A _ -> 1; case Kind.B _ -> 2; };
          }
          static int text(String text) { return switch (text) { case "a" -> 1; default -> 2; }; }
        }
        """);

    assertThat(defaults(List.of(source)))
        .containsExactly("Kinds.java:5", "Kinds.java:7", "Kinds.java:9");
  }

  private static boolean isMain(Path file) {
    return file.toString().endsWith(".java")
        && !file.endsWith("package-info.java")
        && file.toString().replace('\\', '/').contains("src/main/java/");
  }

  /// Where a switch over a kind of ours has a default: file and line.
  private static List<String> defaults(List<Path> sources) throws IOException {
    var compiler = ToolProvider.getSystemJavaCompiler();
    try (var files = compiler.getStandardFileManager(null, null, UTF_8)) {
      var options = List.of("-proc:none", "-classpath", System.getProperty("java.class.path"));
      var units = files.getJavaFileObjectsFromPaths(sources);
      var told = new DiagnosticCollector<JavaFileObject>();
      var task = (JavacTask) compiler.getTask(null, files, told, options, null, units);
      var scanner = new Defaults(Trees.instance(task));
      for (var unit : task.parse()) {
        scanner.units.add(unit);
      }
      task.analyze();
      assertThat(told.getDiagnostics())
          .as("types that javac does not know are asked for nothing")
          .noneMatch(each -> each.getKind() == Diagnostic.Kind.ERROR);
      scanner.units.forEach(unit -> scanner.scan(unit, null));
      return scanner.found;
    }
  }

  private static final class Defaults extends TreePathScanner<@Nullable Void, @Nullable Void> {
    private final Trees trees;
    private final List<CompilationUnitTree> units = new ArrayList<>();
    private final List<String> found = new ArrayList<>();

    Defaults(Trees trees) {
      this.trees = trees;
    }

    @Override
    public @Nullable Void visitSwitch(SwitchTree node, @Nullable Void none) {
      check(node.getExpression(), node.getCases());
      return super.visitSwitch(node, null);
    }

    @Override
    public @Nullable Void visitSwitchExpression(SwitchExpressionTree node, @Nullable Void none) {
      check(node.getExpression(), node.getCases());
      return super.visitSwitchExpression(node, null);
    }

    private void check(ExpressionTree over, List<? extends CaseTree> cases) {
      var hasDefault =
          cases.stream()
              .flatMap(each -> each.getLabels().stream())
              .anyMatch(DefaultCaseLabelTree.class::isInstance);
      if (hasDefault && isOurs(trees.getTypeMirror(new TreePath(getCurrentPath(), over)))) {
        var unit = getCurrentPath().getCompilationUnit();
        var start = trees.getSourcePositions().getStartPosition(unit, over);
        var name = Path.of(unit.getSourceFile().toUri()).getFileName();
        found.add(name + ":" + unit.getLineMap().getLineNumber(start));
      }
    }

    private static boolean isOurs(TypeMirror type) {
      return switch (type) {
        case TypeVariable variable -> isOurs(variable.getUpperBound());
        case DeclaredType declared when declared.asElement() instanceof TypeElement element ->
            element.getQualifiedName().toString().startsWith("dev.sluice.")
                && (element.getKind() == ElementKind.ENUM
                    || element.getModifiers().contains(Modifier.SEALED));
        default -> false;
      };
    }
  }
}
