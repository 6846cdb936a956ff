package dev.sluice.submit;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.archive.JobView;
import dev.sluice.archive.Json;
import dev.sluice.async.Run;
import dev.sluice.flow.Books;
import dev.sluice.flow.JobId;
import dev.sluice.flow.Keys;
import dev.sluice.flow.ObjectStore;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/// The API: puts manifests, and shows books.
final class SubmitStage {
  private final ObjectStore store;
  private final String bucket;
  private final Function<String, String> presign;

  /// @param presign makes the URL to put an object with
  SubmitStage(ObjectStore store, String bucket, Function<String, String> presign) {
    this.store = store;
    this.bucket = bucket;
    this.presign = presign;
  }

  /// `POST /jobs`.
  CompletionStage<ApiAnswer> post(String body, Run run) {
    try {
      var request = Json.tree(body);
      var name = request.path("job");
      if (!name.isMissingNode() && !name.isTextual()) {
        throw new IllegalArgumentException("\"job\" must be a text, got " + name);
      }
      var job = new JobId(name.isMissingNode() ? fresh(run) : name.textValue());
      var key = Keys.manifest(job, false);
      var count = request.path("lines");
      if (count.isIntegralNumber()) {
        if (count.longValue() < 0) {
          throw new IllegalArgumentException("\"lines\" must be at least 0, got " + count);
        }
        return CompletableFuture.completedFuture(
            new ApiAnswer(
                202,
                Json.object()
                    .put("job", job.name())
                    .put("put", presign.apply(key))
                    .put("manifest", "s3://" + bucket + "/" + key)));
      }
      return put(job, key, lines(request.path("urls")), run);
    } catch (IllegalArgumentException wrong) {
      return CompletableFuture.completedFuture(
          ApiAnswer.wrong(400, String.valueOf(wrong.getMessage())));
    }
  }

  private static String fresh(Run run) {
    var bytes = new byte[8];
    run.random().nextBytes(bytes);
    return "job-" + HexFormat.of().formatHex(bytes);
  }

  private static String lines(JsonNode urls) {
    if (!urls.isArray()) {
      throw new IllegalArgumentException(
          "the body must have \"urls\", a list of text, or \"lines\", a number");
    }
    var lines = new StringBuilder();
    for (var url : urls) {
      if (!url.isTextual() || !isOneLine(url.textValue())) {
        throw new IllegalArgumentException(
            "\"urls\" must be texts of one line that UTF-8 can hold, neither blank nor a comment, got "
                + url);
      }
      lines.append(url.textValue()).append('\n');
    }
    return lines.toString();
  }

  /// Whether a URL becomes exactly one line, and so gets its one row: half a surrogate pair would
  /// be another character in the manifest, and a byte-order mark is dropped where a manifest
  /// begins.
  private static boolean isOneLine(String url) {
    var text = (url.startsWith("\ufeff") ? url.substring(1) : url).strip();
    return !text.isEmpty()
        && !text.startsWith("#")
        && url.indexOf('\n') < 0
        && UTF_8.newEncoder().canEncode(text);
  }

  private CompletionStage<ApiAnswer> put(JobId job, String key, String lines, Run run) {
    return run.resume(store.putOnce(key, lines.getBytes(UTF_8)))
        .thenApply(put ->
            put instanceof ObjectStore.Put.Done
                ? new ApiAnswer(202, Json.object().put("job", job.name()))
                : ApiAnswer.wrong(409, "there is a job " + job + " already"));
  }

  /// `GET /jobs/{job}`.
  CompletionStage<ApiAnswer> get(String name, Run run) {
    JobId job;
    try {
      job = new JobId(name);
    } catch (IllegalArgumentException wrong) {
      return CompletableFuture.completedFuture(
          ApiAnswer.wrong(400, String.valueOf(wrong.getMessage())));
    }
    return run.resume(store.get(Keys.ledger(job)))
        .thenCompose(state ->
            state
                .flatMap(piece -> Json.ledger(piece.bytes()))
                .<CompletionStage<ApiAnswer>>map(
                    ledger -> CompletableFuture.completedFuture(shown(ledger.books())))
                .orElseGet(() -> notEnteredYet(job, run)));
  }

  private CompletionStage<ApiAnswer> notEnteredYet(JobId job, Run run) {
    return run.resume(store.head(Keys.manifest(job, false)))
        .thenCombine(
            run.resume(store.head(Keys.manifest(job, true))),
            (plain, gzip) ->
                plain.isPresent() || gzip.isPresent()
                    ? shown(Books.empty(job))
                    : ApiAnswer.wrong(404, "there is no job " + job));
  }

  private ApiAnswer shown(Books books) {
    var out = "s3://" + bucket;
    return new ApiAnswer(200, JobView.of(books, out, out + "/" + Keys.report(books.job())));
  }
}
