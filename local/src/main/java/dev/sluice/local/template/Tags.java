package dev.sluice.local.template;

import java.io.Reader;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.AbstractConstruct;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/// YAML with CloudFormation's tags, kept as they are.
public final class Tags extends SafeConstructor {
  /// A tagged node.
  ///
  /// @param tag without the exclamation mark
  public record Tagged(String tag, Object value) {}

  private Tags() {
    super(new LoaderOptions());
    yamlMultiConstructors.put(
        "!",
        new AbstractConstruct() {
          @Override
          public Object construct(Node node) {
            var value =
                switch (node) {
                  case ScalarNode scalar -> scalar.getValue();
                  case SequenceNode sequence -> constructSequence(sequence);
                  case MappingNode mapping -> constructMapping(mapping);
                  default -> throw new IllegalArgumentException("template: " + node.getStartMark());
                };
            return new Tagged(node.getTag().getValue().substring(1), value);
          }
        });
  }

  /// The tree of a template, its loops written out.
  public static Map<String, Object> load(Reader in) {
    Object root = new Yaml(new Tags()).load(in);
    var tree = Template.map(root, "the root");
    tree.computeIfPresent(
        "Resources", (name, resources) -> Loops.writeOut(Template.map(resources, name)));
    return tree;
  }

  /// The resource that `!Ref X` or `!GetAtt X.Attribute` names.
  static String logicalId(@Nullable Object node) {
    if (node instanceof Tagged(var tag, var value) && (tag.equals("Ref") || tag.equals("GetAtt"))) {
      return value.toString().replaceAll("\\..*", "");
    }
    throw new IllegalArgumentException("template: must be !Ref or !GetAtt, got " + node);
  }
}
