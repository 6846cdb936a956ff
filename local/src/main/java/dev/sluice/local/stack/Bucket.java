package dev.sluice.local.stack;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.hash.Hashing;
import com.google.common.util.concurrent.Striped;
import dev.sluice.flow.Keys;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.blobstore.ForwardingBlobStore;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/// The folder as a bucket: compares and writes in one step, and tells what was created.
///
/// S3Proxy checks a condition before it writes, not while: of two puts that compare at once both
/// would win. Here a lock of the key is held over check and write; nothing else waits for it.
///
/// S3Proxy keeps the ETag of an object in an extended attribute of its file. A folder that was
/// copied, or lies where there are none, has lost them; the ETag then is made of the file's
/// identity, time and size, so that a job goes on there as well. That of a list is made of its
/// bytes, and so the same as before: its plans name it.
///
/// A put that fails because the disk is full is told to `full`: no retry of a function makes room.
final class Bucket extends ForwardingBlobStore {
  private final Striped<Lock> locks = Striped.lock(256);
  private final Path files;
  private final LongSupplier room;
  private final Consumer<String> created;
  private final Consumer<String> full;

  /// ETags of lists that lost theirs, by identity, time and size of the file; one for each job.
  private final Map<String, String> listEtags = new ConcurrentHashMap<>();

  /// @param files where the objects of the bucket lie
  /// @param room bytes that are free there
  /// @param created is told each key after its object is there; must not block for long
  /// @param full is told in a sentence that a put failed for want of room
  Bucket(
      BlobStore folder,
      Path files,
      LongSupplier room,
      Consumer<String> created,
      Consumer<String> full) {
    super(folder);
    this.files = files;
    this.room = room;
    this.created = created;
    this.full = full;
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
    } catch (S3Exception refused) {
      drain(content, refused);
      throw refused;
    } catch (RuntimeException failed) {
      sayIfFull(request);
      drain(content, failed);
      throw failed;
    } finally {
      lock.unlock();
    }
    created.accept(request.key());
    return put;
  }

  private void sayIfFull(PutObjectRequest request) {
    var free = room.getAsLong();
    var size = request.contentLength();
    if (size != null && free < size) {
      full.accept(
          String.format(
              Locale.ROOT,
              "the disk of %s is full: %,d bytes are free, %s needs %,d",
              files,
              free,
              request.key(),
              size));
    }
  }

  /// Reads the rest of the content: otherwise the server closes the connection, and the client sees
  /// that instead of the failure.
  private static void drain(InputStream content, RuntimeException failure) {
    try {
      content.transferTo(OutputStream.nullOutputStream());
    } catch (IOException gone) {
      failure.addSuppressed(gone);
    }
  }

  @Override
  public HeadObjectResponse blobMetadata(HeadObjectRequest request) {
    var made = madeEtag(request.key());
    var head = super.blobMetadata(request);
    return head == null || head.eTag() != null
        ? head
        : head.toBuilder().eTag(lostEtag(request.key(), made)).build();
  }

  @Override
  public ResponseInputStream<GetObjectResponse> getBlob(GetObjectRequest request) {
    // Before the content: an ETag that is too old only fails a condition, one that is too new would
    // let it hold for what was never read.
    var made = madeEtag(request.key());
    var blob = super.getBlob(request);
    return blob == null || blob.response().eTag() != null
        ? blob
        : new ResponseInputStream<>(
            blob.response().toBuilder().eTag(lostEtag(request.key(), made)).build(), blob);
  }

  /// For a list the MD5 of its bytes, which is the ETag that S3Proxy gave it. It is computed once,
  /// for a list may be long.
  ///
  /// @param made before its content was opened; where the file is another by now it stands
  private @Nullable String lostEtag(String key, @Nullable String made) {
    if (made == null || !key.startsWith(Keys.MANIFESTS)) {
      return made;
    }
    var known = listEtags.get(made);
    var md5 = known == null ? md5(files.resolve(key)) : known;
    if (md5 == null || !made.equals(madeEtag(key))) {
      return made;
    }
    listEtags.put(made, md5);
    return md5;
  }

  private static @Nullable String md5(Path file) {
    try (var in =
        new DigestInputStream(Files.newInputStream(file), MessageDigest.getInstance("MD5"))) {
      in.transferTo(OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(in.getMessageDigest().digest());
    } catch (IOException gone) {
      return null;
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every JDK has MD5", impossible);
    }
  }

  private @Nullable String madeEtag(String key) {
    try {
      var file = Files.readAttributes(files.resolve(key), BasicFileAttributes.class);
      var identity = file.fileKey() + " " + file.lastModifiedTime() + " " + file.size();
      return Hashing.sha256().hashString(identity, UTF_8).toString().substring(0, 32);
    } catch (IOException absent) {
      return null;
    }
  }

  private @Nullable String etag(PutObjectRequest request) {
    try {
      var head =
          blobMetadata(
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
