package dev.sluice.fetch.guard;

import dev.sluice.flow.Fault;
import dev.sluice.flow.url.Quote;
import dev.sluice.flow.url.Refusal;
import dev.sluice.flow.url.UrlRules;
import dev.sluice.flow.url.WebUrl;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// Resolves the host of a URL once, and vets the URL and every address that comes back.
///
/// A name resolves only if *all* its addresses are allowed. The caller connects to one of the
/// addresses that it gets here, and never resolves the name again.
///
/// Lookups run on platform threads (the JDK's lookup holds the carrier of a virtual one), at most
/// 32 of them; a lookup cannot be interrupted, so one that is late keeps its thread until it
/// returns, while the caller gets `timeout` after 5 s.
public final class Resolver implements AutoCloseable {
  private static final int MAX_WAITING_LOOKUPS = 1_000;
  private static final Comparator<InetAddress> IPV4_FIRST =
      Comparator.comparingInt(address -> address.getAddress().length);

  private final UrlRules rules;
  private final HostsFile hosts;
  private final Lookup lookup;
  private final DnsSettings settings;
  private final AnswerCache cache;
  private final ThreadPoolExecutor threads;

  /// Asks the hosts file, then the JDK's resolver.
  public Resolver(UrlRules rules, HostsFile hosts) {
    this(rules, hosts, InetAddress::getAllByName);
  }

  /// Asks the hosts file, then `lookup`.
  public Resolver(UrlRules rules, HostsFile hosts, Lookup lookup) {
    this(rules, hosts, lookup, DnsSettings.DEFAULT);
  }

  Resolver(UrlRules rules, HostsFile hosts, Lookup lookup, DnsSettings settings) {
    this.rules = rules;
    this.hosts = hosts;
    this.lookup = lookup;
    this.settings = settings;
    cache = new AnswerCache(settings);
    threads =
        new ThreadPoolExecutor(
            settings.threads(),
            settings.threads(),
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(MAX_WAITING_LOOKUPS),
            Thread.ofPlatform().daemon().name("sluice-dns-", 0).factory());
    threads.allowCoreThreadTimeOut(true);
  }

  /// Applies the rules to the URL and resolves its host. The future is the caller's own: it
  /// completes normally, on a thread of the resolver or at once.
  public CompletableFuture<Resolved> resolve(WebUrl url) {
    var refusal = rules.refusal(url);
    if (refusal.isPresent()) {
      return CompletableFuture.completedFuture(refused(refusal.get()));
    }
    if (url.hasAddress()) {
      return CompletableFuture.completedFuture(vetted(url.host(), literal(url.host())));
    }
    var host =
        url.host().endsWith(".") ? url.host().substring(0, url.host().length() - 1) : url.host();
    var listed = hosts.addresses(host);
    if (!listed.isEmpty()) {
      return CompletableFuture.completedFuture(vetted(host, listed));
    }
    // RFC 6761 section 6.4: such a name is never looked up, there is no address.
    return host.endsWith(".invalid")
        ? CompletableFuture.completedFuture(vetted(host, List.of()))
        : cache.answer(host, () -> ask(host)).copy();
  }

  private CompletableFuture<Resolved> ask(String host) {
    var answer = new CompletableFuture<Resolved>();
    try {
      threads.execute(() -> answer.complete(lookUp(host)));
    } catch (RejectedExecutionException full) {
      return CompletableFuture.completedFuture(
          new Resolved.None(
              Fault.Failed.DNS,
              "more than "
                  + MAX_WAITING_LOOKUPS
                  + " lookups wait, none could be added for "
                  + Quote.of(host)));
    }
    var millis = settings.timeout().toMillis();
    return answer.completeOnTimeout(
        new Resolved.None(
            Fault.Failed.TIMEOUT, "dns took more than " + millis + " ms for " + Quote.of(host)),
        millis,
        TimeUnit.MILLISECONDS);
  }

  private Resolved lookUp(String host) {
    try {
      return vetted(host, List.of(lookup.addresses(host)));
    } catch (UnknownHostException | RuntimeException unknown) {
      return new Resolved.None(Fault.Failed.DNS, "no address was found for " + Quote.of(host));
    }
  }

  private Resolved vetted(String host, List<InetAddress> addresses) {
    for (var address : addresses) {
      var refusal = rules.addresses().refusal(address);
      if (refusal.isPresent()) {
        return new Resolved.None(
            refusal.get().fault(), Quote.of(host) + " is refused: " + refusal.get().detail());
      }
    }
    return addresses.isEmpty()
        ? new Resolved.None(Fault.Failed.DNS, "no address was found for " + Quote.of(host))
        : new Resolved.Addresses(addresses.stream().sorted(IPV4_FIRST).toList());
  }

  private static List<InetAddress> literal(String host) {
    var text = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    return List.of(InetAddress.ofLiteral(text.toLowerCase(Locale.ROOT)));
  }

  private static Resolved refused(Refusal refusal) {
    return new Resolved.None(refusal.fault(), refusal.detail());
  }

  /// Starts no lookup any more; those under way end by themselves, on daemon threads.
  @Override
  public void close() {
    threads.shutdownNow();
  }
}
