package dev.sluice.fetch;

import dev.sluice.edge.SqsFunction;
import dev.sluice.flow.FetchTask;
import dev.sluice.flow.Followers;
import dev.sluice.local.pipeline.Hands;

/// The function `Fetch` with other hands than its handler's.
public final class SimulatedFetch {
  private SimulatedFetch() {}

  public static SqsFunction<?> of(Hands hands) {
    var s = FetchSettings.of(hands.env());
    var stage =
        new FetchStage(
            s,
            hands.store(),
            new Followers(hands.unbounded(s.extractQueueUrl()), hands.unbounded(s.splitQueueUrl())),
            hands.web(),
            hands.temp());
    return SqsFunction.of(
        "fetch", FetchTask.class, stage, hands.visibilities(), s.reserve(), hands.log());
  }
}
