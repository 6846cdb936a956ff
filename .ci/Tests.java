import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.TreeSet;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;

/// Says how many tests a build ran, and what was skipped and why, from the reports of Surefire and
/// Failsafe: `java .ci/Tests.java ROOT SINCE`, where reports older than `SINCE` are of other builds.
void main(String[] args) throws Exception {
  var since = Instant.parse(args[1]);
  var tests = 0;
  var failed = 0;
  var skipped = 0;
  var reasons = new TreeMap<String, List<String>>();
  for (var report : reports(Path.of(args[0]), since)) {
    var factory = DocumentBuilderFactory.newInstance();
    factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
    var suite = factory.newDocumentBuilder().parse(report.toFile()).getDocumentElement();
    tests += count(suite, "tests");
    failed += count(suite, "failures") + count(suite, "errors");
    skipped += count(suite, "skipped");
    var name = suite.getAttribute("name").replaceAll(".*\\.", "");
    var all = suite.getElementsByTagName("skipped");
    for (var i = 0; i < all.getLength(); i++) {
      reasons.computeIfAbsent(reason((Element) all.item(i)), _ -> new ArrayList<>()).add(name);
    }
  }
  // This form of line is read by machines as well.
  IO.println(
      String.format(
          Locale.ROOT,
          "tests: %d passed, %d failed, %d skipped",
          tests - failed - skipped,
          failed,
          skipped));
  reasons.forEach(
      (reason, names) ->
          IO.println(
              String.format(
                  Locale.ROOT,
                  "skipped %d of %s: %s",
                  names.size(),
                  String.join(", ", new TreeSet<>(names)),
                  reason)));
}

List<Path> reports(Path root, Instant since) throws IOException {
  var reports = new ArrayList<Path>();
  try (var files = Files.walk(root, 6)) {
    for (var file : (Iterable<Path>) files::iterator) {
      if (file.toString().matches(".*/target/(surefire|failsafe)-reports/TEST-.*\\.xml")
          && !Files.getLastModifiedTime(file).toInstant().isBefore(since)) {
        reports.add(file);
      }
    }
  }
  return reports;
}

/// A skipped class has its reason as an attribute, an aborted test only in the exception's text.
String reason(Element skipped) {
  var message = skipped.getAttribute("message");
  var said = message.isEmpty() ? skipped.getTextContent().replaceFirst("^[\\w.]+: ", "") : message;
  return said.lines().findFirst().orElse("none given");
}

int count(Element suite, String what) {
  return Integer.parseInt(suite.getAttribute(what));
}
