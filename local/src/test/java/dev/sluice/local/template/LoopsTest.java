package dev.sluice.local.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sluice.local.template.Tags.Tagged;
import java.io.StringReader;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// By the reference of `Fn::ForEach` in the CloudFormation user guide.
class LoopsTest {
  @Test
  void theBodyStandsOnceForEachText() {
    var resources =
        resources(
            """
            Fn::ForEach::Queues:
              - Name
              - [Split, Extract]
              - ${Name}Queue:
                  Wait:
                    Ref: !Sub "${Name}Seconds"
                  Target:
                    Fn::GetAtt: [!Sub "${Name}Dead", Arn]
                  Text: !Sub "${Name} of ${AWS::StackName}"
                  Rest: !Ref Other
                  Times: 3
            Last: {Type: T}
            """);

    assertThat(resources.keySet()).containsExactly("SplitQueue", "ExtractQueue", "Last");
    assertThat(resources.get("ExtractQueue"))
        .isEqualTo(
            Map.of(
                "Wait", new Tagged("Ref", "ExtractSeconds"),
                "Target", new Tagged("GetAtt", "ExtractDead.Arn"),
                "Text", new Tagged("Sub", "Extract of ${AWS::StackName}"),
                "Rest", new Tagged("Ref", "Other"),
                "Times", 3));
  }

  @Test
  void aResourceThatIsThereTwiceIsNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> resources("A: {}\nFn::ForEach::L: [N, [A], {'${N}': {}}]\n"))
        .withMessage("template: resource A is there twice");
  }

  @Test
  void aLoopOfAnotherShapeIsNamed() {
    for (var shape : List.of("[N, A, {}]", "[N, [A]]", "{N: [A]}")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> resources("Fn::ForEach::L: " + shape))
          .withMessage("template: Fn::ForEach::L must be a name, a list of texts and a mapping");
    }
  }

  private static Map<String, Object> resources(String yaml) {
    var tree = Tags.load(new StringReader("Resources:\n" + yaml.indent(2)));
    return Template.map(tree.get("Resources"), "Resources");
  }
}
