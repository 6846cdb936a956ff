package dev.sluice.local.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The rules of an event source mapping, as AWS holds templates to them.
@NullUnmarked // set before the tests
class SourcesTest {
  @TempDir Path folder;

  private List<Template.Mapping> mappings(String queue, String properties) throws IOException {
    var text =
        """
        Resources:
          Standard:
            Type: AWS::SQS::Queue
          Groups:
            Type: AWS::SQS::Queue
            Properties: {FifoQueue: true}
          F:
            Type: AWS::Serverless::Function
            Properties:
              Events:
                Q:
                  Type: SQS
                  Properties: {Queue: !GetAtt %s.Arn, %s}
        """
            .formatted(queue, properties);
    return Template.read(Files.writeString(folder.resolve("t.yaml"), text), Map.of()).mappings();
  }

  private static final String SCALING = "ScalingConfig: {MaximumConcurrency: 2}";

  @Test
  void whatIsNotSaidIsAsOnAws() throws Exception {
    var mapping = mappings("Standard", SCALING).getFirst();

    assertThat(mapping.batchMessages()).isEqualTo(10);
    assertThat(mapping.window()).isZero();
    assertThat(mapping.partialResponses()).isFalse();
    assertThat(mapping.filters().pass("anything")).isTrue();
  }

  @Test
  void aStandardQueueMayHaveLargeBatchesWithAWindow() throws Exception {
    var mapping =
        mappings("Standard", SCALING + ", BatchSize: 10000, MaximumBatchingWindowInSeconds: 300")
            .getFirst();

    assertThat(mapping.batchMessages()).isEqualTo(10_000);
    assertThat(mapping.window()).isEqualTo(Duration.ofMinutes(5));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Standard | BatchSize: 11                              | BatchSize must be from 1 to 10 here, got 11
          Standard | BatchSize: 0                               | BatchSize must be from 1 to 10 here, got 0
          Standard | BatchSize: 10001, MaximumBatchingWindowInSeconds: 1 | BatchSize must be from 1 to 10000 here, got 10001
          Standard | MaximumBatchingWindowInSeconds: 301        | MaximumBatchingWindowInSeconds must be from 0 to 300 here, got 301
          Standard | BatchSize: many                            | BatchSize must be a whole number, got many
          Groups   | BatchSize: 11                              | BatchSize must be from 1 to 10 here, got 11
          Groups   | MaximumBatchingWindowInSeconds: 1          | MaximumBatchingWindowInSeconds must be from 0 to 0 here, got 1
          Nowhere  | BatchSize: 1                               | there is no resource Nowhere
          Standard | ProvisionedPollerConfig: {MinimumPollers: 2} | ProvisionedPollerConfig of an SQS event of F is not known here
          """)
  void whatAwsRefusesOrWeDoNotKnowIsRefusedByName(String queue, String properties, String why) {
    assertThatThrownBy(() -> mappings(queue, SCALING + ", " + properties))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("template: " + why);
  }

  @Test
  void concurrencyIsFromTwoToAThousandAndMustBeSaid() {
    assertThatThrownBy(() -> mappings("Standard", "ScalingConfig: {MaximumConcurrency: 1}"))
        .hasMessage("template: MaximumConcurrency must be from 2 to 1000 here, got 1");
    assertThatThrownBy(() -> mappings("Standard", "BatchSize: 1"))
        .hasMessage("template: a value is missing in MaximumConcurrency");
  }

  @Test
  void aFilterIsReadWithTheTemplate() throws Exception {
    var filter = ", FilterCriteria: {Filters: [{Pattern: '{\"body\":{\"a\":[%s]}}'}]}";

    assertThat(mappings("Groups", SCALING + filter.formatted("1")).getFirst().filters().pass("{}"))
        .isFalse();
    assertThatThrownBy(() -> mappings("Groups", SCALING + filter.formatted("{\"cidr\":\"::\"}")))
        .hasMessageStartingWith("template: filter of F: operator \"cidr\" is not among ");
  }

  @Test
  void aMappingThatIsNotEnabledIsNone() throws Exception {
    assertThat(mappings("Standard", SCALING + ", Enabled: false")).isEmpty();
    assertThat(mappings("Standard", SCALING + ", Enabled: true")).hasSize(1);
  }

  @Test
  void reservedConcurrencyIsRefusedByName() throws Exception {
    var text =
        """
        Resources:
          F:
            Type: AWS::Serverless::Function
            Properties: {Handler: H, Timeout: 1, ReservedConcurrentExecutions: 5}
        """;
    var template = Template.read(Files.writeString(folder.resolve("t.yaml"), text), Map.of());

    assertThatThrownBy(() -> template.functions(new Nowhere()))
        .hasMessageStartingWith("template: ReservedConcurrentExecutions of F is not known here");
  }

  @Test
  void aFunctionMayRecurWhereTheTemplateAllowsIt() throws Exception {
    var text =
        """
        Resources:
          F:
            Type: AWS::Serverless::Function
            Properties: {Handler: H, Timeout: 1, %s}
        """;
    var file = folder.resolve("t.yaml");

    for (var said : List.of("RecursiveLoop: Allow", "RecursiveLoop: Terminate", "MemorySize: 1")) {
      var template = Template.read(Files.writeString(file, text.formatted(said)), Map.of());
      assertThat(template.functions(new Nowhere()).values().iterator().next().mayRecur())
          .isEqualTo(said.endsWith("Allow"));
    }
    var wrong =
        Template.read(Files.writeString(file, text.formatted("RecursiveLoop: Yes")), Map.of());
    assertThatThrownBy(() -> wrong.functions(new Nowhere()))
        .hasMessageStartingWith("template: RecursiveLoop of F must be Allow or Terminate, got ");
  }

  private static final class Nowhere implements Template.Places {
    @Override
    public String queueUrl(Template.Queue queue) {
      return "";
    }

    @Override
    public String bucket() {
      return "";
    }
  }
}
