package dev.sluice.async;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.async.Planted.Edit;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The simulation finds what it is there to find: each defect that is planted breaks a promise in
/// one of the first histories.
class PlantedDefectsTest {
  private static final int HISTORIES = 20_000;

  enum Defect {
    A_PERMIT_IS_LOST_ON_CANCEL_AGAINST_GRANT(
        "permits are free of|stuck",
        new Edit(
            "Limiter.java",
            """
                      return;
                    }
                    if (isOffered) {
                      isOffered = false;
                      offered -= want;
            """,
            """
                      return;
                    }
                    if (isOffered) {
                      isOffered = false;
            """)),
    AN_OUTCOME_COMES_TWICE(
        "has two outcomes|has the index",
        new Edit(
            "Core.java",
            """
                if (flight.isDecided) {
                  return;
                }
                if ((state & Flight.LATE) != 0) {
            """,
            """
                flight.isDecided = false;
                if ((state & Flight.LATE) != 0) {
            """)),
    A_DEADLINE_IS_LOOKED_AT_AFTER_THE_START(
        "started after the deadline",
        new Edit(
            "Core.java",
            "    stopIfDue();\n    if (stopped != null) {\n      release",
            "    if (asked != null) {\n      stop(asked);\n    }\n"
                + "    if (stopped != null) {\n      release")),
    THE_WINDOW_IS_OFF_BY_ONE(
        "outside the window|has the index",
        new Edit(
            "Window.java",
            "pulled - delivered < early.length",
            "pulled - delivered <= early.length")),
    A_KEY_RUNS_TWICE_AT_ONCE(
        "runs beside its key|NoSuchElementException",
        new Edit(
            "KeyLanes.java",
            "if (!lane.waiting.isEmpty() && lane.running < most) {",
            "if (!lane.waiting.isEmpty()) {")),
    A_PERMIT_IS_FREED_AT_THE_TIMEOUT(
        "runs beside|is overdue, and",
        new Edit(
            "Core.java",
            "if ((state & Flight.ENDED) != 0) {",
            "if ((state & Flight.ENDED) != 0 ? !flight.isDecided : (state & Flight.LATE) != 0) {")),
    A_WAKE_UP_IS_LOST(
        "stuck",
        new Edit(
            "Mailbox.java",
            "if (seen == asleep) {\n      wake.run();",
            "if (seen == asleep && flight.index % 2 == 0) {\n      wake.run();")),
    A_LATE_CALL_OWNS_WITHOUT_CANCELLING(
        "a cancel did not reach its source",
        new Edit("Flight.java", "if ((state & ENDED) == 0) {", "if (false) {")),
    A_CONTEXT_HIDES_WHAT_IS_OWNED(
        "a cancel did not reach its source",
        new Edit(
            "Flight.java",
            "new Action(core.carriedSurely(() -> source.cancel(true)))",
            "core.carriedSurely(() -> source.cancel(true))")),
    A_CONTEXT_SWALLOWS_A_DRIVER(
        "a cancel did not reach its source|stuck",
        new Edit("Carried.java", "if (!hasRun) {", "if (false) {")),
    A_CANCEL_IS_LOST_WHERE_USER_CODE_PARKS(
        "stuck", new Edit("Core.java", "|| isCancelUnseen());", "|| false);")),
    A_START_FOLLOWS_A_CANCEL_THAT_CAME_WHILE_AN_INPUT_WAS_PULLED(
        "started after its run was cancelled",
        new Edit(
            "Core.java",
            "    stopIfDue();\n    if (stopped != null) {\n      release",
            "    if (isOver()) {\n      stop(Stop.DEADLINE);\n    }\n"
                + "    if (stopped != null) {\n      release")),
    AN_ISLAND_DROPS_WHAT_IT_LEAVES(
        "did not happen|stuck",
        new Edit("EventLoop.java", "timer.cancel(this::drain);", "tasks.clear();")),
    AN_ISLAND_DROPS_THE_SLEEPS_THAT_IT_LEAVES(
        "did not happen|stuck", new Edit("EventLoop.java", "sleeps.forEach(this::byTimer);", "")),
    AN_ISLAND_LEAVES_ITS_FAN_OUTS_RUNNING(
        "started after its run was cancelled",
        new Edit("RunDriver.java", "ended.thenRun(this::stop);", "")),
    A_STRANGER_TAKES_AN_ITEM_ALONG(
        "was taken: (true, and came out 0|false, and came out 1) times",
        new Edit(
            "OwnedFuture.java",
            "executor.execute(() -> {",
            "super.completeAsync(supplier, executor);\n    executor.execute(() -> {"));

    private final String promise;
    private final Edit edit;

    Defect(String promise, Edit edit) {
      this.promise = promise;
      this.edit = edit;
    }
  }

  @ParameterizedTest
  @EnumSource
  void theSimulationFinds(Defect defect) throws Exception {
    var failure = new Planted(List.of(defect.edit)).firstFailure(HISTORIES);

    assertThat(failure).containsPattern("^seed [0-9]+: .*(" + defect.promise + ")");
  }

  /// Without a defect the same loader finds nothing: it is the edit that is found.
  @Test
  @Tag("proofs")
  void nothingIsFoundWhereNothingWasPlanted() throws Exception {
    var same = new Edit("Window.java", "delivered < early.length", "delivered < early.length");
    var histories = Proofs.count(HISTORIES, 1_000);

    assertThat(new Planted(List.of(same)).firstFailure(histories)).isEmpty();
  }
}
