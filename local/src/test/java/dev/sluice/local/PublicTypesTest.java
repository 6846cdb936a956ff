package dev.sluice.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What is public, and because of whom. A type is package-private until another package needs it;
/// one more here is a decision.
class PublicTypesTest {
  /// Types of a package that are public for one reason.
  ///
  /// @param types separated by spaces
  private record Public(String because, String in, String types) {
    Stream<String> names() {
      return Stream.of(types.split(" ", -1)).map(type -> "dev.sluice." + in + "." + type);
    }
  }

  private static final List<Public> LIST =
      List.of(
          new Public(
              "the library: one starts work, bounds it, and hears how it ended",
              "async",
              "FanOut AsyncOp Call Outcome Outcomes Summary Deadline Join"),
          new Public(
              "the settings of a run that have a word of their own",
              "async",
              "Completion Lanes Limiter Retry Waiting"),
          new Public("bounded hand-over between tasks", "async", "Channel Sender"),
          new Public("where work goes that would hold a driver up", "async", "Offload"),
          new Public("crosses to another thread, so it is immutable", "async", "SendableTask"),
          new Public("what a stage knows of time and threads", "async", "Run Island"),
          new Public("users test their stages as we do", "async", "Simulation"),
          new Public(
              "what travels, one record an arrow",
              "flow",
              "Message SplitTask FetchTask ExtractTask ReportTask Target TaskId JobId"),
          new Public(
              "what a step leaves behind",
              "flow",
              "Plan Visit Row Took Ending Fault Leftover LeftoverGroups Archived Keys"),
          new Public(
              "the books, as every view shows them", "flow", "Books Counts Ledger HeldBackTime"),
          new Public(
              "what a step is, and what it may ask of the world",
              "flow",
              "Stage ObjectStore Outbox Followers Web Unavailable Failures"),
          new Public(
              "split plans by URLs, fetch asks for them, extract sorts by them",
              "flow.url",
              "WebUrl Parsed Refusal Quote HostGroup"),
          new Public("split and fetch refuse alike", "flow.url", "UrlRules AddressRules"),
          new Public("ids of tasks and URLs are made alike", "flow", "Sha256"),
          new Public("a batch of a queue keeps its messages hidden", "flow", "Visibilities"),
          new Public("sweep and a resumed run find what is missing", "archive", "JobAudit"),
          new Public(
              "what steps read and write",
              "archive",
              "Json RowJson RowFile Gzip StoreStream JobView"),
          new Public(
              "what strangers sent is decoded and read in one way",
              "archive",
              "ContentCodings GzipMembers CountedStream Untrusted"),
          new Public(
              "fetch writes archives, extract and split read them",
              "archive",
              "ArchiveWriter ArchiveReader ArchiveTail Records"),
          new Public(
              "what has an outcome gets a row, whoever sees to it",
              "archive",
              "Extraction Extracted ExtractResult"),
          new Public(
              "a handler is made of these",
              "edge",
              "FunctionSetup SqsHandler Aws S3ObjectStore SqsChannel SqsFunction SqsVisibilities"
                  + " Settings Log"),
          new Public(
              "a handler ends a process that is broken, and tidies its disk",
              "edge",
              "Health TempFolder"),
          new Public(
              "every function is tested on them",
              "memory",
              "MemoryStore MemoryQueue MemoryOutbox MemoryWeb"),
          new Public("Lambda makes the handler", "submit", "SubmitHandler StartHandler"),
          new Public("Lambda makes the handler", "split", "SplitHandler"),
          new Public("Lambda makes the handler", "fetch", "FetchHandler"),
          new Public("Lambda makes the handler", "extract", "ExtractHandler"),
          new Public("Lambda makes the handler", "report", "ReportHandler"),
          new Public("Lambda makes the handler", "undeliverable", "UndeliverableHandler"),
          new Public("Lambda makes the handler", "sweep", "SweepHandler"),
          new Public(
              "the round asks whom it may ask",
              "fetch.plan",
              "Hosts Host HostLimits HostMemory HostMemories HostLanes HopQueue Robots"
                  + " RobotsMemory RetryAfter Retries"),
          new Public(
              "the wire asks whether it may connect",
              "fetch.guard",
              "Resolver Resolved Lookup HostsFile"),
          new Public("the handler makes the wire", "fetch.wire", "HttpWeb HttpLimits Tls"));

  @Test
  void everyPublicTypeIsListedWithItsReasonAndNoOther() {
    var real =
        new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("dev.sluice")
                .stream()
                .filter(JavaClass::isTopLevelClass)
                .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
                .map(JavaClass::getName)
                // The top of the arrows: nobody builds upon it.
                .filter(name -> !name.startsWith("dev.sluice.local."))
                .toList();

    assertThat(real)
        .containsExactlyInAnyOrderElementsOf(LIST.stream().flatMap(Public::names).toList());
    assertThat(LIST).noneMatch(each -> each.because().isBlank());
  }
}
