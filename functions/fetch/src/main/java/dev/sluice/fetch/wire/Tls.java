package dev.sluice.fetch.wire;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/// Whom we believe: the authorities of the JDK, and those of a file.
public final class Tls {
  private Tls() {}

  /// A context that trusts the JDK's authorities, and the certificates in `alsoTrusted` (PEM or
  /// DER, one after the other) if there is such a file. Names are always verified.
  ///
  /// @throws IllegalArgumentException if the file holds no certificate
  /// @throws UncheckedIOException if it cannot be read
  public static SSLContext context(@Nullable Path alsoTrusted) {
    try {
      var trusted = new ArrayList<Certificate>(ofJdk());
      if (alsoTrusted != null) {
        trusted.addAll(ofFile(alsoTrusted));
      }
      var context = SSLContext.getInstance("TLS");
      context.init(null, trusting(trusted).getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException noTls) {
      throw new IllegalArgumentException("no TLS with the trusted file " + alsoTrusted, noTls);
    } catch (IOException unreadable) {
      throw new UncheckedIOException("cannot read the trusted file " + alsoTrusted, unreadable);
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

  private static TrustManagerFactory trusting(List<Certificate> certificates)
      throws GeneralSecurityException, IOException {
    var store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    for (var i = 0; i < certificates.size(); i++) {
      store.setCertificateEntry("trusted-" + i, certificates.get(i));
    }
    var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory;
  }
}
