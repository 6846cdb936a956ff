package dev.sluice.fetch.wire;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.sluice.flow.url.WebUrl;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Links that wait for another request, the last used first. Bounded for an origin and address, and
/// in all; a link that idles too long closes itself and calls [#remove].
///
/// @param <L> the links
final class Pool<L> {
  /// The peer of a link: it is never used for another name on the same address.
  record Key(String origin, InetAddress address) {
    static Key of(WebUrl url, InetAddress address) {
      return new Key(url.origin(), address);
    }
  }

  private final int most;
  private final int mostPerKey;

  @GuardedBy("this")
  private final Map<Key, Deque<L>> idle = new HashMap<>();

  @GuardedBy("this")
  private int size;

  @GuardedBy("this")
  private boolean closed;

  Pool(int most, int mostPerKey) {
    this.most = most;
    this.mostPerKey = mostPerKey;
  }

  /// Keeps a link, if there is room.
  ///
  /// @return whether it was kept; else the caller closes it
  synchronized boolean put(Key key, L link) {
    var same = idle.computeIfAbsent(key, _ -> new ArrayDeque<>());
    if (closed || size >= most || same.size() >= mostPerKey) {
      forget(key, same);
      return false;
    }
    same.push(link);
    size++;
    return true;
  }

  /// Takes out a link to one of the addresses; null if there is none.
  synchronized @Nullable L take(WebUrl url, List<InetAddress> addresses) {
    for (var address : addresses) {
      var key = Key.of(url, address);
      var same = idle.get(key);
      if (same != null) {
        var link = same.pop();
        size--;
        forget(key, same);
        return link;
      }
    }
    return null;
  }

  /// Takes out a link that was closed.
  synchronized void remove(Key key, L link) {
    var same = idle.get(key);
    if (same != null && same.remove(link)) {
      size--;
      forget(key, same);
    }
  }

  @GuardedBy("this")
  private void forget(Key key, Deque<L> same) {
    if (same.isEmpty()) {
      idle.remove(key);
    }
  }

  /// Takes out all links.
  synchronized List<L> drain() {
    var links = new ArrayList<L>();
    idle.values().forEach(links::addAll);
    idle.clear();
    size = 0;
    return links;
  }

  /// Takes out all links, and keeps none from now on.
  synchronized List<L> close() {
    closed = true;
    return drain();
  }

  synchronized int size() {
    return size;
  }
}
