package dev.sluice.flow.url;

import dev.sluice.flow.Fault;
import java.util.Optional;

/// The rules for URLs, before anything is resolved; they are applied to each line of a manifest and
/// to each redirect.
///
/// The addresses of a name are vetted by the same [AddressRules] when they are connected to.
public final class UrlRules {
  private final AddressRules addresses;
  private final Ports ports;

  private UrlRules(AddressRules addresses, Ports ports) {
    this.addresses = addresses;
    this.ports = ports;
  }

  /// Ports 80 and 443, and those of `allowPorts`: comma-separated, `P` or `P-Q`; blank adds none.
  ///
  /// @throws IllegalArgumentException names each port that is wrong
  public static UrlRules of(AddressRules addresses, String allowPorts) {
    return new UrlRules(addresses, Ports.adding(allowPorts));
  }

  /// The rules for addresses that belong to these.
  public AddressRules addresses() {
    return addresses;
  }

  /// The refusal of a URL that may not be asked: `port`, `name` or `address`.
  public Optional<Refusal> refusal(WebUrl url) {
    if (!ports.allow(url.port())) {
      return refused(
          Fault.Refused.PORT,
          "port must be 80, 443 or one that ALLOW_PORTS adds, got " + url.port());
    }
    return isLocalName(url.host())
        ? refused(
            Fault.Refused.NAME,
            "a name must not mean this machine or its network, got " + Quote.of(url.host()))
        : addresses.refusal(url);
  }

  /// Reads a URL and applies the rules to it.
  public Parsed parse(String url) {
    return vetted(WebUrl.parse(url));
  }

  /// Reads the target of a redirect and applies the rules to it.
  public Parsed resolve(WebUrl from, String location) {
    return vetted(from.resolve(location));
  }

  private Parsed vetted(Parsed parsed) {
    return switch (parsed) {
      case WebUrl url -> refusal(url).<Parsed>map(refusal -> refusal).orElse(url);
      case Refusal refusal -> refusal;
    };
  }

  private static boolean isLocalName(String host) {
    var name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    return name.equals("metadata")
        || name.equals("localhost")
        || name.endsWith(".localhost")
        || name.equals("internal")
        || name.endsWith(".internal");
  }

  private static Optional<Refusal> refused(Fault.Refused fault, String detail) {
    return Optional.of(new Refusal(fault, detail));
  }
}
