package dev.sluice.local.pipeline;

import dev.sluice.flow.FetchTask;
import dev.sluice.flow.Message;
import dev.sluice.flow.ReportTask;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// What the planted defects make of the messages of one pipeline.
final class Planted {
  private final World world;
  private final Set<String> sentBefore = new HashSet<>();

  Planted(World world) {
    this.world = world;
  }

  /// Of a message that is to be sent; empty when it is lost.
  Optional<Message> of(Message message) {
    return switch (message) {
      case ReportTask.RowsStored stored
          when world.has(Defect.REPORT_COUNTED_TWICE)
              && !sentBefore.add(stored.deduplicationId()) ->
          Optional.of(
              new ReportTask.RowsStored(
                  stored.job(),
                  stored.part(),
                  stored.task().child(999),
                  stored.counts(),
                  stored.leftOver()));
      case FetchTask task
          when world.has(Defect.PARK_DROPS_A_URL)
              && task.targets().stream().anyMatch(target -> target.deferrals() > 0) -> {
        var parked =
            task.targets().stream().filter(target -> target.deferrals() > 0).findFirst().get();
        var rest = task.targets().stream().filter(target -> !target.equals(parked)).toList();
        yield rest.isEmpty()
            ? Optional.empty()
            : Optional.of(
                new FetchTask(
                    task.job(), task.part(), task.task(), task.hostGroup(), rest, task.deadline()));
      }
      default -> Optional.of(message);
    };
  }
}
