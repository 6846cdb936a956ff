package dev.sluice.fetch.wire;

import dev.sluice.async.Deadline;
import dev.sluice.async.Simulation;
import dev.sluice.flow.Fault;
import dev.sluice.flow.Web.Reply;
import dev.sluice.memory.MemoryWeb;
import dev.sluice.memory.MemoryWeb.ScriptedAnswer;
import java.time.Duration;
import java.util.List;

/// The twin.
class MemoryWebContractTest extends WebContract {
  private static final Duration SOON = Duration.ofMillis(10);

  private final Simulation simulation = new Simulation(1);

  private static ScriptedAnswer answer(Behaviour behaviour) {
    return switch (behaviour) {
      case PAGE -> page("hello");
      case LATE_PAGE -> new ScriptedAnswer.Response(WAIT, 200, List.of(), "hello");
      case LONG_PAGE -> page("x".repeat(2_000));
      case HALF_AND_SILENCE -> new ScriptedAnswer.Unfinished(page("hello"), false);
      case HALF_AND_RESET -> new ScriptedAnswer.Unfinished(page("hello"), true);
      case HEAD_AND_SILENCE -> new ScriptedAnswer.Unfinished(page(""), false);
      case HEAD_AND_RESET -> new ScriptedAnswer.Unfinished(page(""), true);
      case REDIRECT -> ScriptedAnswer.status(302, "Location: /elsewhere");
      case RESET -> new ScriptedAnswer.Broken(SOON, true, Fault.Failed.DISCONNECT, "reset");
      case SILENCE -> new ScriptedAnswer.Silence();
      case REFUSED -> new ScriptedAnswer.Broken(SOON, false, Fault.Failed.CONNECT, "refused");
    };
  }

  private static ScriptedAnswer.Response page(String body) {
    return new ScriptedAnswer.Response(SOON, 200, List.of("Content-Type: text/plain"), body);
  }

  @Override
  Reply ask(Behaviour behaviour, Duration deadline) throws Exception {
    return ask(behaviour, new WebFixture.TestCall(Deadline.in(deadline, simulation::nanoTime)));
  }

  private Reply ask(Behaviour behaviour, WebFixture.TestCall call) throws Exception {
    var web = new MemoryWeb(simulation, MAX_BODY_BYTES, (_, _) -> answer(behaviour));
    return simulation.await(web.ask(WebFixture.url("http://h.example/page"), call));
  }

  @Override
  Reply cancelled(Behaviour behaviour) throws Exception {
    var call = new WebFixture.TestCall(Deadline.in(Duration.ofSeconds(15), simulation::nanoTime));
    simulation.after(Duration.ofMillis(50), call::cancel);
    return ask(behaviour, call);
  }
}
