package dev.sluice.fetch.wire;

import dev.sluice.flow.url.WebUrl;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Connections that wait for another request, the last used first. Bounded for an origin and
/// address, and in all; a link that idles too long closes itself and tells so.
final class Pool {
  /// Whom a connection leads to: it is never used for another name on the same address.
  record Key(String origin, InetAddress address) {
    static Key of(WebUrl url, InetAddress address) {
      return new Key(url.origin(), address);
    }
  }

  private final int most;
  private final int mostPerKey;

  // Guarded by this.
  private final Map<Key, Deque<Link>> idle = new HashMap<>();
  private int size;
  private boolean closed;

  Pool(int most, int mostPerKey) {
    this.most = most;
    this.mostPerKey = mostPerKey;
  }

  /// Whether the link was kept; else the caller closes it.
  synchronized boolean put(Link link) {
    var same = idle.computeIfAbsent(link.key(), _ -> new ArrayDeque<>());
    if (closed || size >= most || same.size() >= mostPerKey) {
      forget(link.key(), same);
      return false;
    }
    same.push(link);
    size++;
    return true;
  }

  /// A link to one of the addresses; it is the caller's now.
  synchronized @Nullable Link take(WebUrl url, List<InetAddress> addresses) {
    for (var address : addresses) {
      var same = idle.get(Key.of(url, address));
      if (same != null) {
        var link = same.pop();
        size--;
        forget(link.key(), same);
        return link;
      }
    }
    return null;
  }

  /// Takes out a link that was closed.
  synchronized void remove(Link link) {
    var same = idle.get(link.key());
    if (same != null && same.remove(link)) {
      size--;
      forget(link.key(), same);
    }
  }

  private void forget(Key key, Deque<Link> same) {
    if (same.isEmpty()) {
      idle.remove(key);
    }
  }

  /// Takes out all of them.
  synchronized List<Link> drain() {
    var links = new ArrayList<Link>();
    idle.values().forEach(links::addAll);
    idle.clear();
    size = 0;
    return links;
  }

  /// The same, and keeps none from now on.
  synchronized List<Link> close() {
    closed = true;
    return drain();
  }

  synchronized int size() {
    return size;
  }
}
