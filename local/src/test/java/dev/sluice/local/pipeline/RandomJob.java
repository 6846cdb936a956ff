package dev.sluice.local.pipeline;

import dev.sluice.flow.Keys;
import dev.sluice.local.pipeline.Effects.Fate;
import dev.sluice.local.pipeline.SimulatedMapping.Delivery;
import dev.sluice.memory.MemoryWeb;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A small job of chance: its list, how it is cut, the limits of the functions, and what goes
/// wrong, all of one seed.
final class RandomJob {
  /// After so many effects the world is calm, so that every job ends.
  private static final int CALM_AFTER = 250;

  private static final Duration A_SWEEP_LATER = Duration.ofMinutes(75);
  private static final Duration JOB_DEADLINE = Duration.ofHours(24);

  private static final List<Fate> FAULTS =
      List.of(Fate.DIES_BEFORE, Fate.DIES_AFTER, Fate.REFUSED, Fate.DENIED, Fate.SLOW, Fate.ZOMBIE);
  private static final List<String> FUNCTIONS =
      List.of("Start", "Split", "Fetch", "Extract", "Report");
  private static final double[] RATES = {0, 0.01, 0.03, 0.08};

  /// Two, for the template is read anew for each.
  private static final List<Map<String, String>> PARAMETERS =
      List.of(
          Sixty.PARAMETERS,
          Map.of(
              "PerHostDelayMillis", "100",
              "TimeoutMillis", "2000",
              "MaxBodyBytes", "1024",
              "FetchTimeoutSeconds", "15",
              "SplitTimeoutSeconds", "20"));

  /// What went on, and how often.
  record Counts(long effects, long faults, long timeouts, long deadLetters, long yields) {
    static final Counts NONE = new Counts(0, 0, 0, 0, 0);

    Counts plus(Counts more) {
      return new Counts(
          effects + more.effects,
          faults + more.faults,
          timeouts + more.timeouts,
          deadLetters + more.deadLetters,
          yields + more.yields);
    }
  }

  /// A job that has ended, or that does not end.
  record Ended(long seed, List<String> wrong, Counts counts) {
    static Ended of(long seed, Map<String, String> oracle, @Nullable Defect defect) {
      var wrong = new ArrayList<String>();
      try {
        var job = new RandomJob(seed, oracle, defect);
        job.run(wrong);
        return new Ended(seed, wrong, job.counts());
      } catch (Exception stuck) {
        wrong.add("it does not end: " + stuck);
        return new Ended(seed, wrong, Counts.NONE);
      }
    }
  }

  private final SplittableRandom random;
  private final List<String> lines = new ArrayList<>();
  private final Map<String, String> oracle;
  private final boolean polite;
  private final int perHost;
  private final Duration delay;
  private final Pipeline pipeline;

  /// @param oracle what becomes of each of the lines of [Sixty] alone; of `""`, of a duplicate
  /// @param defect that is planted
  private RandomJob(long seed, Map<String, String> oracle, @Nullable Defect defect)
      throws Exception {
    random = new SplittableRandom(seed);
    this.oracle = oracle;
    polite = random.nextBoolean();
    perHost = random.nextInt(1, 4);
    delay = Duration.ofMillis(random.nextInt(0, 3) * 400L);
    list();
    MemoryWeb.Script script = Sixty::answer;
    pipeline =
        new Pipeline(
            seed,
            PARAMETERS.get(random.nextInt(PARAMETERS.size())),
            variables(),
            script,
            new World(
                faults(),
                this::delivery,
                World.lags(random.split(), random.nextInt(3)),
                random.split(),
                defect));
  }

  /// By line of [Sixty]: what becomes of it, of `""`: of one that was there before.
  static Map<String, String> oracle(SortedMap<Long, String> outcomes) {
    var lines = Sixty.lines();
    var oracle = new HashMap<String, String>();
    for (var i = 0; i < lines.size(); i++) {
      var outcome = outcomes.get(i + 1L);
      if (outcome != null && oracle.putIfAbsent(lines.get(i), outcome) != null) {
        oracle.put("", outcome);
      }
    }
    return oracle;
  }

  private void list() {
    var all = new ArrayList<>(new LinkedHashSet<>(Sixty.lines()));
    Collections.shuffle(all, new Random(random.nextLong()));
    lines.addAll(all.subList(0, random.nextInt(3, 16)));
    var again = lines.stream().filter(line -> line.matches("http://h\\d\\.example/.*")).toList();
    if (!again.isEmpty()) {
      for (var i = random.nextInt(4); i > 0; i--) {
        lines.add(random.nextInt(lines.size() + 1), again.get(random.nextInt(again.size())));
      }
    }
  }

  private Map<String, String> variables() {
    var high = random.nextInt(1, 6);
    return Map.of(
        "PART_LINES", "" + random.nextInt(3, 12),
        "HOST_GROUPS", "" + random.nextInt(1, 7),
        "HIGH_WATER_MESSAGES", "" + high,
        "LOW_WATER_MESSAGES", "" + random.nextInt(1, high + 1),
        "CONCURRENCY_REQUESTS", "" + random.nextInt(1, 20),
        "PER_HOST_REQUESTS", "" + perHost,
        "PER_HOST_DELAY_MILLIS", "" + delay.toMillis());
  }

  /// At a rate, and of one function many in a row, so that messages die.
  private Effects.Plan faults() {
    var chance = random.split();
    var rate = RATES[random.nextInt(RATES.length)];
    var sick = FUNCTIONS.get(random.nextInt(FUNCTIONS.size()));
    var illness = FAULTS.get(random.nextInt(4));
    var left = new int[] {random.nextInt(3) == 0 ? random.nextInt(5, 13) : 0};
    return (number, what) -> {
      if (number > CALM_AFTER) {
        return Fate.HAPPENS;
      }
      if (left[0] > 0 && what.startsWith(sick) && !what.endsWith("is invoked")) {
        left[0]--;
        return illness;
      }
      return chance.nextDouble() < rate
          ? FAULTS.get(chance.nextInt(polite ? FAULTS.size() - 1 : FAULTS.size()))
          : Fate.HAPPENS;
    };
  }

  private Delivery delivery() {
    return switch (random.nextInt(8)) {
      case 0 -> Delivery.TWICE;
      case 1 -> polite ? Delivery.ONCE : Delivery.SIDE_BY_SIDE;
      default -> Delivery.ONCE;
    };
  }

  /// Runs it to its end, and says what is wrong.
  private void run(List<String> wrong) throws Exception {
    pipeline.submit(Sixty.JOB, lines);
    try {
      pipeline.untilQuiet();
      if (pipeline.store().head(Keys.plan(Sixty.JOB, 0)).join().isEmpty()) {
        pipeline.sweep(A_SWEEP_LATER, JOB_DEADLINE); // what starts a job is S3's, and dies unread
      }
    } finally {
      wrong.addAll(pipeline.wrong());
    }
    var job = new Job(pipeline.store(), Sixty.JOB);
    wrong.addAll(job.wrong(lines.size()));
    wrong.addAll(outcomes(job));
    if (polite) {
      wrong.addAll(rude());
    }
  }

  /// What a host may resent, when no copy of a message runs beside it. What an invocation knew of
  /// hosts is lost with it: then they may be asked for robots.txt again, and sooner than they said.
  private List<String> rude() {
    var politeness = new Politeness(pipeline.web()).keeps(perHost, delay);
    if (pipeline.effects().faults().stream().noneMatch(what -> what.startsWith("Fetch"))) {
      politeness
          .heeds(
              asked -> asked.url().pathAndQuery().equals("/later"),
              Duration.ofMillis(10),
              Duration.ofSeconds(30))
          .asksRobotsOnce(
              asked -> !asked.url().host().equals("gone.example"), Duration.ofHours(24));
    }
    return politeness.wrong();
  }

  private Counts counts() {
    return new Counts(
        pipeline.effects().count(),
        pipeline.effects().faults().size(),
        pipeline.timeouts(),
        pipeline.deadLetters(),
        pipeline.lines().stream().filter(line -> line.contains("\"yielded\"")).count());
  }

  /// As undisturbed; what died twice may be lost.
  private List<String> outcomes(Job job) {
    var expected = new TreeMap<Long, String>();
    var seen = new LinkedHashSet<String>();
    for (var i = 0; i < lines.size(); i++) {
      expected.put(i + 1L, oracle.get(seen.add(lines.get(i)) ? lines.get(i) : ""));
    }
    var wrong = new ArrayList<String>();
    job.outcomes()
        .forEach((line, outcome) -> {
          var mayBeLost = outcome.equals("failed lost null") && pipeline.deadLetters() > 0;
          if (!outcome.equals(expected.get(line)) && !mayBeLost) {
            wrong.add(
                String.format(
                    Locale.ROOT,
                    "outcome: of line %d, %s, is %s, not %s",
                    line,
                    lines.get((int) (line - 1)),
                    outcome,
                    expected.get(line)));
          }
        });
    return wrong;
  }
}
