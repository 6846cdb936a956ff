package dev.sluice.local.demo;

/// How a host of the demo answers. No result depends on the speed of a machine.
enum Behaviour {
  /// Pages that link to each other.
  PAGES,
  /// Each page redirects within the host, then answers.
  REDIRECTS,
  /// Each page redirects to another host.
  ELSEWHERE,
  /// Each page redirects in a circle.
  LOOPS,
  /// 404.
  MISSING,
  /// 500, always.
  BROKEN,
  /// 503 the first time, then a page.
  FLAKY,
  /// A page, after 300 ms.
  SLOW,
  /// No answer at all.
  HANGS,
  /// The head, a piece of the body, then a reset.
  RESETS,
  /// Something that is no HTTP.
  GARBAGE,
  /// 429 with `Retry-After: 1` the first time the host is asked, then pages.
  HURRIED,
  /// robots.txt forbids all.
  FORBIDS,
  /// robots.txt answers 500.
  NO_ROBOTS,
  /// Inflates to far more than it has.
  BOMB,
  /// Bytes that are no page.
  IMAGES;

  /// Of host number `index`: mostly pages, and some of everything.
  static Behaviour of(int index) {
    var all = values();
    return index % 3 == 0 ? all[index / 3 % all.length] : PAGES;
  }
}
