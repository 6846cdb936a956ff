package dev.sluice.local;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameEndingWith;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import org.jspecify.annotations.NullUnmarked;

/// The arrows: async ← flow ← archive ← edge ← each function ← local, bench, with memory beside
/// edge; and what a stage may not do.
@NullUnmarked // reads what may not be there
@AnalyzeClasses(packages = "dev.sluice", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String[] FUNCTIONS = {
    "dev.sluice.submit..",
    "dev.sluice.split..",
    "dev.sluice.fetch..",
    "dev.sluice.extract..",
    "dev.sluice.report..",
    "dev.sluice.undeliverable..",
    "dev.sluice.sweep.."
  };

  @ArchTest
  static final ArchRule asyncSeesTheJdkAlone =
      classes()
          .that()
          .resideInAPackage("dev.sluice.async..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..",
              "org.jspecify..",
              "com.google.errorprone.annotations..",
              "dev.sluice.async..");

  /// No room sees one to its right; `memory` and `edge` stand side by side.
  @ArchTest
  static final ArchRule noArrowGoesBack =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("async")
          .definedBy("dev.sluice.async..")
          .layer("flow")
          .definedBy("dev.sluice.flow..")
          .layer("archive")
          .definedBy("dev.sluice.archive..")
          .layer("edge")
          .definedBy("dev.sluice.edge..")
          .layer("memory")
          .definedBy("dev.sluice.memory..")
          .layer("functions")
          .definedBy(FUNCTIONS)
          .layer("local")
          .definedBy("dev.sluice.local..")
          .layer("bench")
          .definedBy("dev.sluice.bench..")
          .withOptionalLayers(true)
          .whereLayer("bench")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("local")
          .mayOnlyBeAccessedByLayers("bench")
          .whereLayer("functions")
          .mayOnlyBeAccessedByLayers("local", "bench")
          .whereLayer("memory")
          .mayOnlyBeAccessedByLayers("local", "bench")
          .whereLayer("edge")
          .mayOnlyBeAccessedByLayers("functions", "local", "bench")
          .whereLayer("archive")
          .mayOnlyAccessLayers("flow", "async")
          .whereLayer("flow")
          .mayOnlyAccessLayers("async");

  @ArchTest
  static final ArchRule flowKnowsNoFormat =
      noClasses()
          .that()
          .resideInAPackage("dev.sluice.flow..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("com.fasterxml..", "org.netpreserve..");

  @ArchTest
  static final ArchRule functionsNeverSeeEachOther =
      slices()
          .matching("dev.sluice.(submit|split|fetch|extract|report|undeliverable|sweep)..")
          .should()
          .notDependOnEachOther();

  @ArchTest
  static final ArchRule edgeAloneSeesTheAwsSdk =
      noClasses()
          .that()
          .resideOutsideOfPackages("dev.sluice.edge..", "dev.sluice.local..", "dev.sluice.bench..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("software.amazon.awssdk..");

  @ArchTest
  static final ArchRule onlyHandlersAndEdgeSeeLambdasTypes =
      noClasses()
          .that()
          .resideOutsideOfPackages("dev.sluice.edge..", "dev.sluice.local..", "dev.sluice.bench..")
          .and(not(simpleNameEndingWith("Handler")))
          .should()
          .dependOnClassesThat()
          .resideInAPackage("com.amazonaws..");

  @ArchTest
  static final ArchRule fetchAloneSeesTheHttpClientAndRobots =
      noClasses()
          .that(not(resideInAPackage("dev.sluice.fetch..")))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.hc..", "crawlercommons.robots..");

  @ArchTest
  static final ArchRule extractAloneSeesTheHtmlParser =
      noClasses()
          .that(not(resideInAPackage("dev.sluice.extract..")))
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.jsoup..");

  @ArchTest
  static final ArchRule packagesHaveNoCycles =
      slices().matching("dev.sluice.(*)..").should().beFreeOfCycles();

  /// A stage is what `Run` makes it: it takes time, threads and chance from there alone.
  @ArchTest
  static final ArchRule aStageNeverBlocksNorReadsAClockOfItsOwn =
      noClasses()
          .that()
          .resideInAnyPackage(FUNCTIONS)
          .and(not(resideInAPackage("dev.sluice.fetch.wire..")))
          .and(not(resideInAPackage("dev.sluice.fetch.guard..")))
          .and(not(simpleNameEndingWith("Handler")))
          .should()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(Instant.class, "now")
          .orShould()
          .callMethod(LocalDateTime.class, "now")
          .orShould()
          .callMethod(Clock.class, "systemUTC")
          .orShould()
          .callMethod(Thread.class, "sleep", long.class)
          .orShould()
          .callMethod(CompletableFuture.class, "join")
          .orShould()
          .callMethod(CompletableFuture.class, "get")
          .orShould()
          .callMethod(Future.class, "get")
          .orShould(callAsyncWithoutAnExecutor());

  @ArchTest
  static final ArchRule nothingUsesTheJvmsTimeoutThread =
      noClasses()
          // Its continuation there only starts the next step.
          .that(not(resideInAPackage("dev.sluice.fetch.guard..")))
          .should(callMethodsNamed(Set.of("orTimeout", "completeOnTimeout", "delayedExecutor")));

  private static ArchCondition<JavaClass> callMethodsNamed(Set<String> names) {
    return calls(
        "call " + names,
        call ->
            call.getTargetOwner().isEquivalentTo(CompletableFuture.class)
                && names.contains(call.getName()));
  }

  private static ArchCondition<JavaClass> callAsyncWithoutAnExecutor() {
    return calls(
        "call an …Async method without an executor",
        call ->
            (call.getTargetOwner().isEquivalentTo(CompletableFuture.class)
                    || call.getTargetOwner().isEquivalentTo(CompletionStage.class))
                && call.getName().endsWith("Async")
                && call.getTarget().getRawParameterTypes().stream()
                    .noneMatch(type -> type.isAssignableTo(Executor.class)));
  }

  private static ArchCondition<JavaClass> calls(String what, Predicate<JavaMethodCall> forbidden) {
    return new ArchCondition<>(what) {
      @Override
      public void check(JavaClass item, ConditionEvents events) {
        for (var call : item.getMethodCallsFromSelf()) {
          if (forbidden.test(call)) {
            events.add(SimpleConditionEvent.satisfied(call, call.getDescription()));
          }
        }
      }
    };
  }
}
