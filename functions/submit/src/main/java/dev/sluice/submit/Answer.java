package dev.sluice.submit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.archive.Json;

/// What the API answers.
record Answer(int status, ObjectNode body) {
  static Answer wrong(int status, String sentence) {
    return new Answer(status, Json.object().put("error", sentence));
  }
}
