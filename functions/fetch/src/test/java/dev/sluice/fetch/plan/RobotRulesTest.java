package dev.sluice.fetch.plan;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.flow.Ending;
import dev.sluice.flow.url.WebUrl;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The rules of a robots.txt (RFC 9309 section 2.2), and the steps that an answer costs.
///
/// Long for its cases, all of which are of one comparison.
class RobotRulesTest {
  private static final int FILE_BYTES = Robots.MAX_BYTES;

  private static WebUrl url(String pathAndQuery) {
    return new WebUrl("http", "a.example", 80, pathAndQuery);
  }

  private static Robots read(String file) {
    return read(file.getBytes(UTF_8), "text/plain");
  }

  private static Robots read(byte[] file, String contentType) {
    return Robots.parse(url("/robots.txt"), file, contentType, "Sluice/1 (+https://example.org)");
  }

  private static boolean forbids(Robots robots, String pathAndQuery) {
    return robots.refusal(url(pathAndQuery)).isPresent();
  }

  private static Robots forAll(String... rules) {
    return read("User-agent: *\n" + String.join("\n", rules));
  }

  @ParameterizedTest
  @CsvSource({
    // a literal is the beginning of a path, octet by octet
    "/fish, /fish, true",
    "/fish, /fish.html, true",
    "/fish, /fish/salmon?id=1, true",
    "/fish, /Fish.asp, false",
    "/fish, /catfish, false",
    "/fish, /?id=fish, false",
    "/fish/, /fish, false",
    "fish, /fish, false",
    // * is any run, empty or not, wherever it stands
    "/fish*, /fish, true",
    "/*.php, /index.php, true",
    "/*.php, /a/index.php?x, true",
    "/*.php, /, false",
    "/*.php, /a.PHP, false",
    "/fish*.php, /fishheads/cat.php?y, true",
    "/fish*.php, /Fish.php, false",
    "*/private, /a/private/b, true",
    "/a**b, /ab, true",
    "/*/b/*/d, /a/b/c/d, true",
    "/*/b/*/d, /a/b/d, false",
    // $ is the end, and only at the end of a rule
    "/$, /, true",
    "/$, /a, false",
    "/*.php$, /index.php, true",
    "/*.php$, /index.php?x, false",
    "/*.php$, /index.php5, false",
    "/fish*$, /fish/salmon, true",
    "/fish*$, /shark/fish, false",
    "/a$b, /a$b, true",
    "/a$b, /a, false",
    "/a$$, /a$, true",
    "/a$$, /a, false",
    // the literal before $ may come more than once
    "/x*y*z$, /xyzyz, true",
    "/x*y*z$, /xyzyza, false",
    "/*a$, /aaa, true",
    "/*ab*ab$, /ab, false",
    "/*ab*ab$, /abab, true",
    "/a*a$, /a, false",
    "/a*a$, /aa, true",
    // a star or dollar of the path is a literal, and so is an encoded one of the rule
    "/file-with-a-%2A.html, /file-with-a-*.html, true",
    "/file-with-a-%2A.html, /file-with-a-x.html, false",
    "/foo%24, /foo$bar, true",
    "/foo%24, /foo, false",
  })
  void aPatternMatchesAsItsSpecialCharactersSay(String rule, String path, boolean matches) {
    assertThat(forbids(forAll("Disallow: " + rule), path)).isEqualTo(matches);
  }

  @ParameterizedTest
  @CsvSource({
    // the table of section 2.2.2
    "/foo/bar?baz=quz, /foo/bar?baz=quz, true",
    "/foo/bar?baz=https://foo.bar, /foo/bar?baz=https://foo.bar, true",
    "/foo/bar/\u30c4, /foo/bar/%E3%83%84, true",
    "/foo/bar/%e3%83%84, /foo/bar/%E3%83%84, true",
    "/foo/bar/%62%61%7A, /foo/bar/baz, true",
    "/foo/bar/baz, /foo/bar/%62%61%7A, true",
    // a reserved octet is not the same as its encoding
    "/a%2Fb, /a/b, false",
    "/a%2fb, /a%2Fb, true",
    "/a b, /a%20b, true",
    "/a|b, /a|b, true",
    "/a|b, /a%7Cb, true",
    "/50%, /50%, true",
    "/%zz, /%zz, true",
  })
  void octetsAreComparedInOneForm(String rule, String path, boolean matches) {
    assertThat(forbids(forAll("Disallow: " + rule), path)).isEqualTo(matches);
  }

  @Test
  void theRuleWithTheMostOctetsDecidesAndAllowOfTwo() {
    assertThat(forbids(forAll("Disallow: /x/page.html", "Allow: /x/"), "/x/page.html")).isTrue();
    assertThat(forbids(forAll("Allow: /x/page.html", "Disallow: /x/"), "/x/page.html")).isFalse();
    assertThat(forbids(forAll("Allow: /x/page.html", "Disallow: /x/"), "/x/")).isTrue();
    assertThat(forbids(forAll("Disallow: /folder", "Allow: /folder"), "/folder/page")).isFalse();
    assertThat(forbids(forAll("Allow: /page", "Disallow: /*.html"), "/page.html")).isTrue();
    assertThat(forbids(forAll("Allow: /x/page.", "Disallow: /*.html"), "/x/page.html")).isFalse();
    assertThat(forbids(forAll("Allow: /$", "Disallow: /"), "/")).isFalse();
    assertThat(forbids(forAll("Allow: /$", "Disallow: /"), "/page")).isTrue();
    assertThat(forbids(forAll("Disallow:"), "/")).isFalse();
  }

  @Test
  void noRuleForbidsTheFileItself() {
    assertThat(forbids(forAll("Disallow: /"), "/robots.txt")).isFalse();
    assertThat(forbids(forAll("Disallow: /"), "/robots.txt2")).isTrue();
  }

  @Test
  void ourGroupsAreOneInAnyCaseOfLettersAndTheStarIsForNobodyElse() {
    var file =
        """
        allow: /foo/bar/
        user-agent: SLUICE
        disallow: /
        allow: /x/
        user-agent: other
        disallow: /
        allow: /y/

        user-agent: *
        disallow: /w/
        user-agent: Other
        user-agent: sluice
        ALLOW: /z/
        """;

    assertThat(List.of("/x/b", "/z/d")).noneMatch(path -> forbids(read(file), path));
    assertThat(List.of("/y/c", "/w/a", "/foo/bar/")).allMatch(path -> forbids(read(file), path));
  }

  @Test
  void aUrlThatTheJdkDoesNotTakeIsComparedAllTheSame() {
    var robots = forAll("Disallow: /private/");

    assertThat(List.of("/private/a|b", "/private/%zz", "/private/[x]", "/private/?{\"a\":^1}"))
        .allMatch(path -> forbids(robots, path));
  }

  /// The longest first, and the first that matches decides: as an expression of the JDK has it.
  @Test
  void randomRulesSayWhatAnExpressionSays() {
    var random = new SplittableRandom(7);
    IntFunction<String> text =
        most ->
            random
                .ints(random.nextInt(most), 0, 8)
                .mapToObj(i -> "abab/*$*".substring(i, i + 1))
                .collect(Collectors.joining());
    for (var i = 0; i < 5_000; i++) {
      var rule = "/" + text.apply(8);
      var path = "/" + text.apply(12).replaceAll("[*$]", "a");
      var isAnchored = rule.endsWith("$");
      var literal = isAnchored ? rule.substring(0, rule.length() - 1) : rule;
      var expression = "\\Q" + literal.replace("*", "\\E.*\\Q") + "\\E" + (isAnchored ? "" : ".*");

      assertThat(forbids(forAll("Disallow: " + rule), path))
          .as("%s of %s", rule, path)
          .isEqualTo(Pattern.matches(expression, path));
    }
  }

  private static String file(IntFunction<String> line) {
    var text = new StringBuilder("User-agent: *\n");
    for (var i = 0; ; i++) {
      var next = line.apply(i) + "\n";
      if (text.length() + next.length() > FILE_BYTES) {
        return text.toString();
      }
      text.append(next);
    }
  }

  private static String worst(String shape) {
    return switch (shape) {
      case "many long rules" -> file(i -> "Disallow: /*" + "a".repeat(100) + "b" + i);
      case "many plain rules" -> file(i -> "Disallow: /x" + i);
      case "rules of twelve wildcards" -> file(i -> "Disallow: /" + "*a".repeat(11) + "*b" + i);
      case "one endless rule" -> file(i -> "Disallow: /*" + "a".repeat(FILE_BYTES - 50 - i) + "b");
      case "one rule of stars" -> file(i -> "Disallow: /" + "*a".repeat(200_000) + "b" + i);
      default -> throw new IllegalArgumentException("no shape " + shape);
    };
  }

  @ParameterizedTest
  @CsvSource({
    "many long rules, 32000",
    "many plain rules, 32000",
    "rules of twelve wildcards, 32000",
    "one endless rule, 32000",
    "one rule of stars, 32000",
    "many long rules, 2000",
    "rules of twelve wildcards, 2000",
  })
  void aQuestionTakesNoMoreThanItsSteps(String shape, int length) {
    var robots = read(worst(shape));
    var path = "/" + "a".repeat(length - 1);

    var answer = robots.answer(url(path));

    // The literal that is compared last is compared to its end.
    assertThat(answer.steps()).isLessThanOrEqualTo(RobotRules.MAX_STEPS + length);
    assertThat(answer instanceof Robots.Permission.Granted || answer.steps() > RobotRules.MAX_STEPS)
        .isTrue();
    assertThat(robots.soon(url(path)).steps()).isLessThanOrEqualTo(RobotRules.FEW_STEPS + length);
  }

  @Test
  void aUrlThatTakesTooManyIsRefusedWithThatDetail() {
    var robots = read(worst("many long rules"));

    var ending = robots.refusal(url("/" + "a".repeat(2_000))).orElseThrow();

    assertThat(ending.outcome()).isEqualTo("refused");
    assertThat(((Ending.Refused) ending).detail())
        .isEqualTo(
            "robots.txt of http://a.example takes more than 2000000 steps to compare with it");
    assertThat(forbids(robots, "/short")).isFalse();
  }

  @Test
  void aFileOfNothingButWildcardsAndAPathOfFiveHundredAreAnswered() {
    var robots = read(file(i -> "Disallow: /*?" + i));
    var path = "/shop/the-name-of-a-thing/".repeat(20);

    assertThat(robots.answer(url(path))).isInstanceOf(Robots.Permission.Granted.class);
    assertThat(forbids(robots, path + "?77=x")).isTrue();
  }

  @Test
  void aLineOfTagsIsReadInOnePass() {
    var line = "<".repeat(FILE_BYTES - 100);
    for (var file : List.of(line, "<html>" + line, "<html\n>" + line)) {
      var robots = read(("User-agent: *\n" + file + "\nDisallow: /x").getBytes(UTF_8), "text/html");

      assertThat(forbids(robots, "/x")).isTrue();
    }
  }

  @Test
  void theTagsOfAFileAreNoRules() {
    var html = "<html><body><p>User-agent: *<br>\n<p>Disallow: <b>/x</b>\n<p\nclass=y>Allow: /x/y";

    for (var robots : List.of(read(html), read(html.getBytes(UTF_8), "text/HTML; charset=utf-8"))) {
      assertThat(forbids(robots, "/x")).isTrue();
      assertThat(forbids(robots, "/z")).isFalse();
    }
    assertThat(forbids(read("<html>no such page</html>".getBytes(UTF_8), "text/html"), "/"))
        .isFalse();
    assertThat(forbids(forAll("Disallow: /<x>"), "/%3Cx%3E")).as("no HTML").isTrue();
  }

  @Test
  void aByteOrderMarkIsNoPartOfAFile() {
    var file = "User-agent: *\nDisallow: /x";

    assertThat(forbids(read("\ufeff" + file), "/x")).isTrue();
    assertThat(forbids(read(file.getBytes(UTF_16), "text/plain"), "/x")).isTrue();
  }

  @Test
  void ofALongFileTheLineThatIsCutSaysNothing() {
    var begin = "User-agent: *\nDisallow: /\n#";
    var text = begin + "x".repeat(FILE_BYTES - begin.length() - 9) + "\nAllow: /private-to-no-one";

    var robots = read(text);

    assertThat(text.indexOf("private")).as("so far it allows all").isEqualTo(FILE_BYTES);
    assertThat(forbids(robots, "/a")).isTrue();
  }

  @Test
  void aCrawlDelayCountsUpToHalfAMinute() {
    assertThat(forAll("Crawl-delay: 2.5").crawlDelay()).isEqualTo(Duration.ofMillis(2_500));
    assertThat(forAll("Crawl-delay: 200").crawlDelay()).isEqualTo(Duration.ofSeconds(30));
    assertThat(forAll("Crawl-delay: -1").crawlDelay()).isZero();
    assertThat(forAll("Disallow: /x").crawlDelay()).isZero();
  }
}
