package dev.sluice.local.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The operators that the Lambda developer guide lists for event filtering, and what SQS adds.
class FiltersTest {
  private static Filters of(String... patterns) {
    return Filters.of(List.of(patterns), "Function");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"body":{"a":["x"]}}                              | {"a":"x"}            | {"a":"X"}
          {"body":{"a":["x","y"]}}                          | {"a":"y"}            | {"a":"z"}
          {"body":{"a":["x"],"b":["y"]}}                    | {"a":"x","b":"y"}    | {"a":"x"}
          {"body":{"a":{"b":["x"]}}}                        | {"a":{"b":"x"}}      | {"a":"x"}
          {"body":{"a":[5]}}                                | {"a":5}              | {"a":"5"}
          {"body":{"a":[true]}}                             | {"a":true}           | {"a":false}
          {"body":{"a":[null]}}                             | {"a":null}           | {"a":""}
          {"body":{"a":[""]}}                               | {"a":""}             | {"a":null}
          {"body":{"a":[{"prefix":"ab"}]}}                  | {"a":"abc"}          | {"a":"Abc"}
          {"body":{"a":[{"suffix":".gz"}]}}                 | {"a":"x.gz"}         | {"a":"x.gz2"}
          {"body":{"a":[{"equals-ignore-case":"aB"}]}}      | {"a":"Ab"}           | {"a":"abc"}
          {"body":{"a":[{"numeric":["=",5]}]}}              | {"a":5.0}            | {"a":6}
          {"body":{"a":[{"numeric":[">",0,"<=",5]}]}}       | {"a":5}              | {"a":0}
          {"body":{"a":[{"numeric":["<",-1.5]}]}}           | {"a":-2}             | {"a":"-2"}
          {"body":{"a":[{"exists":true}]}}                  | {"a":null}           | {"b":1}
          {"body":{"a":[{"exists":false}]}}                 | {"b":1}              | {"a":1}
          {"body":{"a":[{"anything-but":["x","y"]}]}}       | {"a":"z"}            | {"a":"y"}
          {"body":{"a":[{"anything-but":5}]}}               | {"a":6}              | {"a":5}
          {"body":{"a":[{"prefix":"a"},{"exists":false}]}}  | {"b":1}              | {"a":"b"}
          {"body":{"a":["x"]}}                              | {"a":["w","x"]}      | {"a":["w"]}
          """)
  void whatAnOperatorMatchesPassesAndWhatItMissesDoesNot(String pattern, String hit, String miss) {
    var filters = of(pattern);

    assertThat(filters.pass(hit)).isTrue();
    assertThat(filters.pass(miss)).isFalse();
  }

  @Test
  void orIsBetweenFields() {
    var filters = of("{\"body\":{\"$or\":[{\"a\":[1]},{\"b\":[{\"prefix\":\"x\"}]}]}}");

    assertThat(filters.pass("{\"a\":1}")).isTrue();
    assertThat(filters.pass("{\"b\":\"xy\"}")).isTrue();
    assertThat(filters.pass("{\"a\":2,\"b\":\"y\"}")).isFalse();
  }

  @Test
  void oneOfSeveralFiltersIsEnough() {
    var filters = of("{\"body\":{\"a\":[1]}}", "{\"body\":{\"a\":[2]}}", "{\"body\":[\"plain\"]}");

    assertThat(filters.pass("{\"a\":2}")).isTrue();
    assertThat(filters.pass("plain")).isTrue();
    assertThat(filters.pass("{\"a\":3}")).isFalse();
  }

  @Test
  void textIsFilteredAsText() {
    var filters = of("{\"body\":[{\"prefix\":\"take \"}]}");

    assertThat(filters.pass("take this")).isTrue();
    assertThat(filters.pass("leave this")).isFalse();
    assertThat(filters.pass("{} take")).as("no JSON, no match").isFalse();
  }

  @Test
  void aBodyOfTheOtherFormatIsNoMatch() {
    assertThat(of("{\"body\":{\"a\":[{\"exists\":false}]}}").pass("plain text")).isFalse();
    assertThat(of("{\"body\":[{\"anything-but\":\"x\"}]}").pass("{\"a\":1}")).isFalse();
  }

  @Test
  void withoutFiltersEverythingPasses() {
    assertThat(of().pass("anything")).isTrue();
    assertThat(of().pass("{\"a\":1}")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"wildcard", "cidr", "exactly", "regex", "not-wildcard"})
  void anOperatorThatLambdaDoesNotKnowIsRefusedByName(String operator) {
    assertThatThrownBy(() -> of("{\"body\":{\"a\":[{\"" + operator + "\":\"x\"}]}}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("filter of Function")
        .hasMessageContaining("\"" + operator + "\"");
  }

  @Test
  void anOperatorInsideAnyOfTheFieldsIsRefusedByName() {
    assertThatThrownBy(
            () -> of("{\"body\":{\"a\":{\"$or\":[{\"b\":[1]},{\"c\":[{\"cidr\":\"::\"}]}]}}}"))
        .hasMessageContaining("\"cidr\"");
    assertThatThrownBy(() -> of("{\"body\":{\"a\":[{\"anything-but\":{\"prefix\":\"x\"}}]}}"))
        .hasMessageContaining("\"anything-but\" cannot be of {\"prefix\":\"x\"}");
  }

  @Test
  void onlyTheBodyIsFilteredBy() {
    assertThatThrownBy(() -> of("{\"attributes\":{\"a\":[1]}}"))
        .hasMessageContaining("only \"body\"")
        .hasMessageContaining("\"attributes\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "{}",
        "{\"body\":\"x\"}",
        "{\"body\":{}}",
        "{\"body\":{\"a\":\"x\"}}",
        "{\"body\":{\"a\":[]}}",
        "{\"body\":{\"a\":[{\"numeric\":[\"~\",1]}]}}",
        "{\"body\":{\"a\":[{\"numeric\":[\">\",5,\"<\",1]}]}}",
        "{\"body\":{\"a\":[{\"prefix\":1}]}}",
        "{\"body\":{\"a\":[{\"exists\":\"yes\"}]}}",
        "{\"body\":{\"a\":[{\"prefix\":\"x\",\"suffix\":\"y\"}]}}"
      })
  void aPatternThatIsNotValidIsRefused(String pattern) {
    assertThatThrownBy(() -> of(pattern))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("template: filter of Function: ");
  }

  @Test
  void tenFiltersAreTheMost() {
    var pattern = "{\"body\":{\"a\":[1]}}";

    assertThat(Filters.of(List.of(pattern, pattern), "F").pass("{\"a\":1}")).isTrue();
    assertThatThrownBy(() -> Filters.of(Collections.nCopies(11, pattern), "F"))
        .hasMessage("template: filter of F: at most 10 filters, got 11");
  }

  @Test
  void aPatternHasAtMost4096Characters() {
    var pattern = "{\"body\":{\"a\":[\"" + "x".repeat(4_077) + "\"]}}";

    assertThat(pattern).hasSize(4_096);
    assertThat(of(pattern).pass("{\"a\":1}")).isFalse();
    assertThatThrownBy(() -> of(pattern + " "))
        .hasMessage(
            "template: filter of Function: a pattern has at most 4096 characters, got 4097");
  }
}
