package dev.sluice.edge;

import dev.sluice.flow.Failures;
import dev.sluice.flow.ObjectStore;
import dev.sluice.flow.Unavailable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;

/// A bucket over S3's API. Conditions are S3's own: `If-None-Match` and `If-Match`.
public final class S3ObjectStore implements ObjectStore {
  private static final int CONFLICT_TRIES = 5;

  /// No object is so long. Servers add up the numbers of a range unchecked, so larger ones would
  /// overflow.
  private static final long MOST_BYTES = 1L << 50;

  private final S3AsyncClient s3;
  private final String bucket;

  public S3ObjectStore(S3AsyncClient s3, String bucket) {
    this.s3 = s3;
    this.bucket = bucket;
  }

  @Override
  public CompletableFuture<Optional<Head>> head(String key) {
    return orAbsent(
        s3.headObject(head -> head.bucket(bucket).key(key)),
        found -> new Head(found.eTag(), found.contentLength(), found.lastModified()));
  }

  @Override
  public CompletableFuture<Optional<Piece>> get(String key) {
    return orAbsent(
        s3.getObject(get -> get.bucket(bucket).key(key), AsyncResponseTransformer.toBytes()),
        found -> {
          var bytes = found.asByteArrayUnsafe();
          return new Piece(found.response().eTag(), bytes.length, bytes);
        });
  }

  @Override
  public CompletableFuture<Optional<Piece>> get(String key, long offset, long length) {
    ObjectStore.checkRange(offset, length);
    var first = Math.min(offset, MOST_BYTES);
    var range = "bytes=" + first + "-" + (first + Math.min(length, MOST_BYTES) - 1);
    var source =
        s3.getObject(
            get -> get.bucket(bucket).key(key).range(range), AsyncResponseTransformer.toBytes());
    var piece =
        source
            .thenApply(found ->
                Optional.of(
                    new Piece(
                        found.response().eTag(),
                        sizeOf(found.response()),
                        found.asByteArrayUnsafe())))
            .exceptionallyCompose(failure ->
                switch (status(failure)) {
                  case 404 -> CompletableFuture.completedFuture(Optional.<Piece>empty());
                  // The range begins at or beyond the end, and holds no byte.
                  case 416 ->
                      head(key)
                          .thenApply(found ->
                              found.map(head -> new Piece(head.etag(), head.size(), new byte[0])));
                  default -> CompletableFuture.failedFuture(failure);
                });
    return cancelling(piece, source);
  }

  private static long sizeOf(GetObjectResponse response) {
    var range = response.contentRange();
    return range == null
        ? response.contentLength()
        : Long.parseLong(range.substring(range.indexOf('/') + 1));
  }

  @Override
  public CompletableFuture<Optional<Head>> download(String key, Path to) {
    try {
      Files.deleteIfExists(to);
    } catch (IOException failed) {
      return CompletableFuture.failedFuture(new UncheckedIOException(failed));
    }
    return orAbsent(
        s3.getObject(get -> get.bucket(bucket).key(key), AsyncResponseTransformer.toFile(to)),
        found -> new Head(found.eTag(), found.contentLength(), modified(found.lastModified())));
  }

  private static Instant modified(@Nullable Instant at) {
    return at == null ? Instant.EPOCH : at;
  }

  @Override
  public CompletableFuture<Put> put(String key, Content content, Condition condition) {
    return put(key, content, condition, CONFLICT_TRIES);
  }

  private CompletableFuture<Put> put(String key, Content content, Condition condition, int tries) {
    var request = PutObjectRequest.builder().bucket(bucket).key(key);
    switch (condition) {
      case Condition.Always() -> {}
      case Condition.IfAbsent() -> request.ifNoneMatch("*");
      case Condition.IfMatch(var etag) -> request.ifMatch(etag);
    }
    var body =
        switch (content) {
          case Content.Bytes(var bytes) -> AsyncRequestBody.fromBytesUnsafe(bytes);
          case Content.File(var path) -> AsyncRequestBody.fromFile(path);
        };
    var source = s3.putObject(request.build(), body);
    var put =
        source
            .<Put>thenApply(done -> new Put.Done(done.eTag()))
            .exceptionallyCompose(failure ->
                switch (status(failure)) {
                  case 412 -> CompletableFuture.completedFuture(new Put.Lost());
                  // 409: another put is under way, and S3 asks to try again. 404: the object to
                  // compare with is gone, so the condition does not hold.
                  case 409 ->
                      tries > 1
                          ? put(key, content, condition, tries - 1)
                          : CompletableFuture.failedFuture(failure);
                  case 404 ->
                      condition instanceof Condition.IfMatch
                          ? CompletableFuture.completedFuture(new Put.Lost())
                          : CompletableFuture.failedFuture(failure);
                  default -> CompletableFuture.failedFuture(failure);
                });
    return cancelling(put, source);
  }

  @Override
  public CompletableFuture<Listing> list(String prefix, String after) {
    var source =
        s3.listObjectsV2(list -> {
          list.bucket(bucket).prefix(prefix);
          if (!after.isEmpty()) {
            list.startAfter(after);
          }
        });
    return cancelling(
        source.thenApply(page ->
            new Listing(
                page.contents().stream()
                    .map(object -> new StoredObject(object.key(), object.size()))
                    .toList(),
                page.isTruncated())),
        source);
  }

  private <F, T> CompletableFuture<Optional<T>> orAbsent(
      CompletableFuture<F> source, Function<F, T> found) {
    return cancelling(
        source
            .thenApply(value -> Optional.of(found.apply(value)))
            .exceptionallyCompose(failure ->
                status(failure) == 404
                    ? CompletableFuture.completedFuture(Optional.empty())
                    : CompletableFuture.failedFuture(failure)),
        source);
  }

  /// Cancelling what was chained does not reach the request; cancelling its source does.
  private <T> CompletableFuture<T> cancelling(
      CompletableFuture<T> chained, CompletableFuture<?> source) {
    var answer =
        chained.exceptionallyCompose(failure ->
            CompletableFuture.failedFuture(
                Unavailable.isCauseOf(failure)
                    ? failure
                    : new Unavailable("the store refused in " + bucket, Failures.cause(failure))));
    answer.whenComplete((_, _) -> {
      if (answer.isCancelled()) {
        source.cancel(true);
      }
    });
    return answer;
  }

  private static int status(Throwable failure) {
    return Failures.cause(failure) instanceof S3Exception refused ? refused.statusCode() : 0;
  }
}
