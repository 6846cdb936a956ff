package dev.sluice.submit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.archive.Json;

/// An answer of the API.
record ApiAnswer(int status, ObjectNode body) {
  static ApiAnswer wrong(int status, String sentence) {
    return new ApiAnswer(status, Json.object().put("error", sentence));
  }
}
