package dev.sluice.fetch.wire;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/// Makes the contexts of TLS. Names are always verified.
public final class Tls {
  private Tls() {}

  /// A context that trusts the JDK's authorities, and the certificates in files (PEM or DER, one
  /// after the other).
  ///
  /// @throws IllegalArgumentException if a file holds no certificate
  /// @throws UncheckedIOException if one cannot be read
  public static SSLContext context(Path... alsoTrusted) {
    try {
      var trusted = new ArrayList<Certificate>(ofJdk());
      for (var file : alsoTrusted) {
        trusted.addAll(ofFile(file));
      }
      return trusting(trusted);
    } catch (GeneralSecurityException noTls) {
      throw new IllegalArgumentException(
          "no TLS with the trusted files " + List.of(alsoTrusted), noTls);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(
          "cannot read the trusted files " + List.of(alsoTrusted), unreadable);
    }
  }

  private static List<X509Certificate> ofJdk() throws GeneralSecurityException {
    var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init((KeyStore) null);
    return List.of(((X509TrustManager) factory.getTrustManagers()[0]).getAcceptedIssuers());
  }

  private static List<Certificate> ofFile(Path file) throws GeneralSecurityException, IOException {
    try (var in = Files.newInputStream(file)) {
      var found = CertificateFactory.getInstance("X.509").generateCertificates(in);
      if (found.isEmpty()) {
        throw new IllegalArgumentException("a trusted file must hold a certificate, got " + file);
      }
      return List.copyOf(found);
    }
  }

  private static SSLContext trusting(List<Certificate> certificates)
      throws GeneralSecurityException, IOException {
    var store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    for (var i = 0; i < certificates.size(); i++) {
      store.setCertificateEntry("trusted-" + i, certificates.get(i));
    }
    var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    var context = SSLContext.getInstance("TLS");
    context.init(new KeyManager[0], factory.getTrustManagers(), new SecureRandom());
    return context;
  }
}
