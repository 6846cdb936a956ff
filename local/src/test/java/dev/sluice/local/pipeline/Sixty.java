package dev.sluice.local.pipeline;

import dev.sluice.flow.Fault;
import dev.sluice.flow.JobId;
import dev.sluice.flow.url.WebUrl;
import dev.sluice.memory.MemoryWeb;
import dev.sluice.memory.MemoryWeb.ScriptedAnswer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/// A job of sixty lines with every kind of outcome, and the web that it meets.
final class Sixty {
  static final JobId JOB = new JobId("sixty");
  static final int LINES = 60;

  /// Three parts, few host groups, short waits.
  static final Map<String, String> PARAMETERS =
      Map.of("PerHostDelayMillis", "100", "TimeoutMillis", "5000", "MaxBodyBytes", "1024");

  static final Map<String, String> VARIABLES = Map.of("PART_LINES", "25", "HOST_GROUPS", "4");

  private static final Duration SOON = Duration.ofMillis(10);

  private Sixty() {}

  static List<String> lines() {
    var lines = new ArrayList<String>();
    for (var i = 0; i < 30; i++) {
      // One with a character that SQS does not take.
      lines.add("http://h" + i % 6 + ".example/page/" + i + (i == 26 ? "\uffff" : ""));
    }
    lines.addAll(
        List.of(
            "http://h0.example/missing",
            "http://h1.example/missing",
            "http://h2.example/broken",
            "http://h3.example/later",
            "http://h4.example/slow-down",
            "http://h5.example/here",
            "http://h0.example/away",
            "http://h1.example/round",
            "http://h2.example/cut",
            "http://h3.example/cut-once",
            "http://h4.example/silent",
            "http://gone.example/1",
            "http://gone.example/2",
            "http://closed.example/private/1",
            "http://closed.example/private/2",
            "http://closed.example/public",
            "http://127.0.0.1/",
            "http://10.0.0.8/x",
            "ftp://h0.example/x",
            "mailto:someone@h0.example",
            "no url at all",
            "http://h0.example:22/"));
    // Of the same part, and of an earlier one.
    lines.addAll(lines.subList(50, 52).stream().map(_ -> "http://h0.example/missing").toList());
    lines.addAll(lines.subList(0, 6));
    return lines;
  }

  static ScriptedAnswer answer(WebUrl url, int before) {
    if (url.pathAndQuery().equals("/robots.txt")) {
      return url.host().equals("closed.example")
          ? ScriptedAnswer.page("User-agent: *\nDisallow: /private/\n")
          : ScriptedAnswer.status(404);
    }
    if (url.host().equals("gone.example")) {
      return new ScriptedAnswer.Broken(
          Duration.ofMillis(20), false, Fault.Failed.CONNECT, "connection refused");
    }
    return switch (url.pathAndQuery()) {
      case "/missing" -> ScriptedAnswer.status(404);
      case "/broken" -> ScriptedAnswer.status(500);
      case "/later" ->
          before == 0
              ? ScriptedAnswer.status(503, "Retry-After: 30")
              : ScriptedAnswer.page("late, but here");
      case "/slow-down" -> before == 0 ? ScriptedAnswer.status(429) : ScriptedAnswer.page("slowly");
      case "/here" -> ScriptedAnswer.status(302, "Location: /page/here");
      case "/away" -> ScriptedAnswer.status(301, "Location: http://else.example/landed");
      case "/round" -> ScriptedAnswer.status(302, "Location: /round");
      case "/cut" ->
          new ScriptedAnswer.Broken(Duration.ofMillis(30), true, Fault.Failed.DISCONNECT, "reset");
      case "/cut-once" ->
          before == 0
              ? new ScriptedAnswer.Broken(
                  Duration.ofMillis(30), true, Fault.Failed.DISCONNECT, "reset")
              : ScriptedAnswer.page("whole");
      case "/silent" -> new ScriptedAnswer.Silence();
      case "/page/27" -> ScriptedAnswer.page("<title>long</title>" + "x".repeat(2_000));
      case "/page/28" -> new ScriptedAnswer.Unfinished(page("<title>broken off</title>"), true);
      case "/page/29" -> new ScriptedAnswer.Unfinished(page("<title>unfinished</title>"), false);
      default -> ScriptedAnswer.page("<title>" + url.pathAndQuery() + "</title>");
    };
  }

  private static ScriptedAnswer.Response page(String body) {
    return new ScriptedAnswer.Response(SOON, 200, List.of("Content-Type: text/html"), body);
  }

  /// What happened to each line.
  static SortedMap<Long, String> outcomes(Pipeline pipeline) throws Exception {
    return new Job(pipeline.store(), JOB).outcomes();
  }

  /// What is wrong with the job and with how it came to be.
  static List<String> wrong(Pipeline pipeline) throws Exception {
    var wrong = new ArrayList<>(new Job(pipeline.store(), JOB).wrong(LINES));
    wrong.addAll(pipeline.wrong());
    return wrong;
  }

  /// The same, if it was to end as an undisturbed one.
  static List<String> wrong(Pipeline pipeline, Map<Long, String> undisturbed) throws Exception {
    var wrong = wrong(pipeline);
    if (!outcomes(pipeline).equals(undisturbed)) {
      wrong.add("the outcomes " + outcomes(pipeline));
    }
    return wrong;
  }

  static Pipeline pipeline(long seed, Effects.Plan plan, SimulatedMapping.Delivery delivery)
      throws java.io.IOException {
    return pipeline(seed, World.of(seed, plan, delivery, null));
  }

  static Pipeline pipeline(long seed, World world) throws java.io.IOException {
    MemoryWeb.Script script = Sixty::answer;
    return new Pipeline(seed, PARAMETERS, VARIABLES, script, world);
  }
}
