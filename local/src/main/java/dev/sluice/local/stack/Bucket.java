package dev.sluice.local.stack;

import com.google.common.util.concurrent.Striped;
import java.io.InputStream;
import java.util.Objects;
import java.util.concurrent.locks.Lock;
import java.util.function.Consumer;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.blobstore.ForwardingBlobStore;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/// The folder as a bucket: compares and writes in one step, and tells what was created.
///
/// S3Proxy checks conditions before it writes and not while: two that compare at once would both
/// win. Here a lock of the key is held over both; nothing else waits for it.
final class Bucket extends ForwardingBlobStore {
  private final Striped<Lock> locks = Striped.lock(256);
  private final Consumer<String> created;

  /// @param created is told each key after its object is there; must not block for long
  Bucket(BlobStore folder, Consumer<String> created) {
    super(folder);
    this.created = created;
  }

  @Override
  public PutObjectResponse putBlob(PutObjectRequest request, InputStream content) {
    var lock = locks.get(request.key());
    PutObjectResponse put;
    lock.lock();
    try {
      if (request.ifMatch() != null || request.ifNoneMatch() != null) {
        check(request, etag(request));
      }
      put = super.putBlob(request, content);
    } finally {
      lock.unlock();
    }
    created.accept(request.key());
    return put;
  }

  private @Nullable String etag(PutObjectRequest request) {
    try {
      var head =
          super.blobMetadata(
              HeadObjectRequest.builder().bucket(request.bucket()).key(request.key()).build());
      return head == null ? null : bare(head.eTag());
    } catch (NoSuchKeyException absent) {
      return null;
    }
  }

  private static void check(PutObjectRequest request, @Nullable String there) {
    var holds =
        request.ifNoneMatch() != null
            ? there == null
            : Objects.equals(bare(request.ifMatch()), there);
    if (!holds) {
      throw S3Exception.builder()
          .statusCode(412)
          .message("the condition does not hold for " + request.key())
          .awsErrorDetails(
              AwsErrorDetails.builder().errorCode("PreconditionFailed").errorMessage("").build())
          .build();
    }
  }

  private static @Nullable String bare(@Nullable String etag) {
    return etag == null ? null : etag.replace("\"", "");
  }
}
