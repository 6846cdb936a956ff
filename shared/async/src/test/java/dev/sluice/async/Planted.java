package dev.sluice.async;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.errorprone.annotations.Immutable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/// The library with a defect: a change of its source, compiled into memory, and the tests' classes
/// loaded over it.
final class Planted extends ClassLoader {
  private static final Path SOURCES = Path.of("src/main/java/dev/sluice/async");
  private static final String PACKAGE = "dev.sluice.async.";

  /// @param file a source file of the library
  /// @param right a piece of it that stands there once
  /// @param wrong what stands there instead
  @Immutable
  record Edit(String file, String right, String wrong) {}

  private final Map<String, ByteArrayOutputStream> compiled = new HashMap<>();

  Planted(List<Edit> edits) {
    super(Planted.class.getClassLoader());
    var sources = edits.stream().collect(Collectors.groupingBy(Edit::file));
    compile(
        sources.entrySet().stream().map(each -> edited(each.getKey(), each.getValue())).toList());
  }

  private static JavaFileObject edited(String file, List<Edit> edits) {
    String source;
    try {
      source = Files.readString(SOURCES.resolve(file), UTF_8);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
    for (var edit : edits) {
      if (source.split(Pattern.quote(edit.right), -1).length != 2) {
        throw new IllegalStateException(file + " must have once: " + edit.right);
      }
      source = source.replace(edit.right, edit.wrong);
    }
    var text = source;
    return new SimpleJavaFileObject(URI.create("mem:///" + file), JavaFileObject.Kind.SOURCE) {
      @Override
      public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return text;
      }
    };
  }

  private void compile(List<JavaFileObject> sources) {
    var compiler = ToolProvider.getSystemJavaCompiler();
    var said = new StringWriter();
    var path =
        Stream.of(FanOut.class, org.jspecify.annotations.Nullable.class, Immutable.class)
            .map(type -> type.getProtectionDomain().getCodeSource().getLocation().getPath())
            .collect(Collectors.joining(":"));
    try (var files = new InMemory(compiler.getStandardFileManager(null, null, UTF_8))) {
      var task =
          compiler.getTask(
              said, files, null, List.of("-proc:none", "-classpath", path), null, sources);
      if (!task.call()) {
        throw new IllegalStateException("the defect does not compile: " + said);
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private final class InMemory extends ForwardingJavaFileManager<JavaFileManager> {
    InMemory(JavaFileManager standard) {
      super(standard);
    }

    @Override
    public JavaFileObject getJavaFileForOutput(
        Location location, String name, JavaFileObject.Kind kind, FileObject sibling) {
      return new SimpleJavaFileObject(URI.create("mem:///" + name + ".class"), kind) {
        @Override
        public OutputStream openOutputStream() {
          var bytes = new ByteArrayOutputStream();
          compiled.put(name, bytes);
          return bytes;
        }
      };
    }
  }

  /// The package's own classes are loaded here, all others by the parent.
  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!name.startsWith(PACKAGE)) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      var loaded = findLoadedClass(name);
      return loaded != null ? loaded : define(name);
    }
  }

  private Class<?> define(String name) throws ClassNotFoundException {
    var edited = compiled.get(name);
    if (edited != null) {
      return defineClass(name, edited.toByteArray(), 0, edited.size());
    }
    try (var bytes = getResourceAsStream(name.replace('.', '/') + ".class")) {
      if (bytes == null) {
        throw new ClassNotFoundException(name);
      }
      var original = bytes.readAllBytes();
      return defineClass(name, original, 0, original.length);
    } catch (IOException unreadable) {
      throw new ClassNotFoundException(name, unreadable);
    }
  }

  /// What [History#firstFailure] says of it.
  String firstFailure(long histories) throws ReflectiveOperationException {
    var play =
        loadClass(PACKAGE + "History").getDeclaredMethod("firstFailure", long.class, long.class);
    play.setAccessible(true);
    return (String) play.invoke(null, 0L, histories);
  }
}
