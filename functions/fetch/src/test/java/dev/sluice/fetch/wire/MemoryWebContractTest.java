package dev.sluice.fetch.wire;

import dev.sluice.async.Deadline;
import dev.sluice.async.Simulation;
import dev.sluice.edge.memory.MemoryWeb;
import dev.sluice.edge.memory.MemoryWeb.Answer;
import dev.sluice.flow.Fault;
import dev.sluice.flow.Web.Reply;
import java.time.Duration;
import java.util.List;

/// The twin.
class MemoryWebContractTest extends WebContract {
  private final Simulation simulation = new Simulation(1);

  private static Answer answer(Behaviour behaviour) {
    var soon = Duration.ofMillis(10);
    return switch (behaviour) {
      case PAGE -> new Answer.Response(soon, 200, List.of("Content-Type: text/plain"), "hello");
      case REDIRECT -> Answer.status(302, "Location: /elsewhere");
      case RESET -> new Answer.Broken(soon, true, Fault.Failed.DISCONNECT, "reset");
      case SILENCE -> new Answer.Silence();
    };
  }

  @Override
  Reply ask(Behaviour behaviour, Duration deadline) throws Exception {
    return ask(behaviour, new WebFixture.TestCall(Deadline.in(deadline, simulation::nanoTime)));
  }

  private Reply ask(Behaviour behaviour, WebFixture.TestCall call) throws Exception {
    var web = new MemoryWeb(simulation, (_, _) -> answer(behaviour));
    return simulation.await(web.ask(WebFixture.url("http://h.example/page"), call));
  }

  @Override
  Reply cancelled(Behaviour behaviour) throws Exception {
    var call = new WebFixture.TestCall(Deadline.in(Duration.ofSeconds(15), simulation::nanoTime));
    simulation.after(Duration.ofMillis(50), call::cancel);
    return ask(behaviour, call);
  }
}
