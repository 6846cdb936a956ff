package dev.sluice.local.command;

import dev.sluice.flow.JobId;
import dev.sluice.local.demo.DemoList;
import dev.sluice.local.demo.DemoWeb;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `sluice demo`: a whole job over a web of its own, which opens nothing outside.
@Command(
    name = "demo",
    description = "A whole job over a loopback web of about 200 hosts.",
    sortOptions = false,
    mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
  private static final Duration TIMEOUT = Duration.ofSeconds(2);

  private final Job runner;
  private final Console console;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "sluice-out",
      description = "The bucket: all that the job writes (${DEFAULT-VALUE}).")
  Path folder = Path.of("");

  @Option(
      names = "--urls",
      paramLabel = "N",
      defaultValue = "1000",
      description = "Length of the list (${DEFAULT-VALUE} lines).")
  int urls;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description = "The same seed gives the same list (${DEFAULT-VALUE}).")
  long seed;

  @ArgGroup RunCommand.Shown shown = new RunCommand.Shown();

  DemoCommand(Job runner, Console console) {
    this.runner = runner;
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    if (urls < 0 || urls > 1_000_000) {
      throw CommandRefused.usage("--urls must be from 0 to 1000000, got " + urls);
    }
    OutFolder.check(folder);
    var work = Files.createTempDirectory("sluice-demo-");
    var list = work.resolve("demo.txt");
    var hosts = work.resolve("hosts");
    try (var web = DemoWeb.start()) {
      Files.write(list, DemoList.lines(urls, seed, web.port()));
      Files.writeString(hosts, DemoList.hostsFile());
      var limits = CommandLine.populateCommand(new LimitOptions()); // the defaults of `run`
      limits.maxAttempts = 2;
      limits.allowPrivate = List.of("127.0.0.0/8");
      limits.allowPort = List.of("" + web.port());
      limits.hosts = hosts;
      var parameters = limits.parameters(TIMEOUT);
      // Some of its hosts never recover, and nobody wants to wait for them.
      parameters.put("HostBackOffMillis", "100");
      var job =
          new JobId(
              "demo-"
                  + ProcessHandle.current().pid()
                  + "-"
                  + Long.toString(System.currentTimeMillis(), 36));
      return runner.run(
          new Job.Order(
              list,
              job,
              folder,
              parameters,
              limits.perHostDelay,
              null,
              shown.show(),
              "its web is gone with it; another demo begins with: " + console.name() + " demo"));
    } finally {
      Files.deleteIfExists(list);
      Files.deleteIfExists(hosts);
      Files.deleteIfExists(work);
    }
  }
}
