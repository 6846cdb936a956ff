package dev.sluice.flow.url;

import dev.sluice.flow.Fault;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The rules for addresses: only those of the public internet may be connected to, and ranges that
/// the operator opens.
///
/// An IPv4 address that is embedded in an IPv6 one must be allowed itself.
public final class AddressRules {
  private final List<Cidr> opened;

  private AddressRules(List<Cidr> opened) {
    this.opened = opened;
  }

  /// Opens the given ranges, comma-separated CIDRs; blank opens none.
  ///
  /// @throws IllegalArgumentException names each range that is wrong
  public static AddressRules opening(String ranges) {
    var opened = new ArrayList<Cidr>();
    var wrong = new ArrayList<String>();
    for (var range : Listed.of(ranges)) {
      try {
        opened.add(Cidr.parse(range));
      } catch (IllegalArgumentException rule) {
        wrong.add(rule.getMessage());
      }
    }
    if (!wrong.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", wrong));
    }
    return new AddressRules(List.copyOf(opened));
  }

  /// The refusal of an address that may not be connected to.
  public Optional<Refusal> refusal(InetAddress address) {
    return refusal(address.getAddress());
  }

  /// The refusal of a URL whose host is an address; a name is not resolved here.
  Optional<Refusal> refusal(WebUrl url) {
    var host = url.host();
    if (!url.hasAddress()) {
      return Optional.empty();
    }
    var bytes =
        host.startsWith("[") ? Ipv6.bytes(host.substring(1, host.length() - 1)) : Ipv4.bytes(host);
    return bytes == null
        ? Optional.of(new Refusal(Fault.Refused.BAD_URL, Quote.of(host) + " is no address"))
        : refusal(bytes);
  }

  private Optional<Refusal> refusal(byte[] address) {
    if (!isOpened(address)) {
      var special = SpecialRanges.of(address);
      if (special.isPresent()) {
        return special.map(what -> refused(text(address) + " lies in " + what));
      }
    }
    for (var embedded : EmbeddedAddress.in(address)) {
      var special = isOpened(embedded) ? Optional.<String>empty() : SpecialRanges.of(embedded);
      if (special.isPresent()) {
        return special.map(
            what -> refused(text(address) + " stands for " + text(embedded) + " in " + what));
      }
    }
    return Optional.empty();
  }

  private boolean isOpened(byte[] address) {
    return opened.stream().anyMatch(range -> range.contains(address));
  }

  private static Refusal refused(String why) {
    return new Refusal(
        Fault.Refused.ADDRESS, "address " + why + ", which ALLOW_PRIVATE does not open");
  }

  private static String text(byte[] address) {
    return address.length == 4 ? Ipv4.text(address, 0) : Ipv6.text(address);
  }
}
