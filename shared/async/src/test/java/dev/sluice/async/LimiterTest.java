package dev.sluice.async;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Offers, and whose turn it is: one call after the other, as drivers make them.
class LimiterTest {
  private final Limiter limiter = Limiter.of(4);
  private final List<String> woken = new ArrayList<>();
  private final Limiter.Share a = share("a");
  private final Limiter.Share b = share("b");
  private final Limiter.Share c = share("c");

  private Limiter.Share share(String name) {
    return limiter.share(() -> woken.add(name));
  }

  @Test
  void whatIsFreeIsTakenAtOnceToTheLast() {
    assertThat(a.tryAcquire(3)).isTrue();
    assertThat(a.tryAcquire(1)).isTrue();

    assertThat(limiter.free()).isZero();
    assertThat(woken).isEmpty();
  }

  @Test
  void whatIsReleasedIsOfferedToWhoWaits() {
    a.tryAcquire(4);
    assertThat(b.tryAcquire(2)).isFalse();
    assertThat(woken).isEmpty();

    a.release(1);
    assertThat(woken).isEmpty();
    a.release(1);

    assertThat(woken).containsExactly("b");
    assertThat(b.takeOffer()).isTrue();
    assertThat(limiter.free()).isZero();
  }

  @Test
  void whatIsOfferedNobodyElseTakes() {
    a.tryAcquire(4);
    b.tryAcquire(3);
    a.release(4);

    assertThat(a.tryAcquire(2)).isFalse();
    assertThat(c.tryAcquire(2)).isFalse();
    assertThat(b.takeOffer()).isTrue();
    assertThat(limiter.free()).isEqualTo(1);
  }

  @Test
  void whoDoesNotWaitHasNoOffer() {
    assertThat(a.takeOffer()).isFalse();
    a.tryAcquire(4);
    b.tryAcquire(2);

    assertThat(b.takeOffer()).isFalse();
    a.release(4);

    assertThat(woken).isEmpty();
    assertThat(b.takeOffer()).isFalse();
    assertThat(limiter.free()).isEqualTo(4);
  }

  @Test
  void ofTwoThatWereServedAlikeTheFirstToAskIsNext() {
    a.tryAcquire(4);
    b.tryAcquire(4);
    c.tryAcquire(4);

    a.release(4);

    assertThat(woken).containsExactly("b");
  }

  @Test
  void theLeastServedIsNext() {
    a.tryAcquire(1);
    b.tryAcquire(3);
    b.release(3);
    b.tryAcquire(3);
    c.tryAcquire(4);
    a.tryAcquire(4);
    woken.clear();

    b.release(3);
    a.release(1);

    assertThat(woken).containsExactly("a"); // 1 so far; c began where b had been, at 3
  }

  @Test
  void aHeavyOneIsNotOvertakenByTheLighterBehindIt() {
    aHeavyOneWaitsBeforeALightOne();
    assertThat(woken).isEmpty();

    a.release(1);
    c.release(1);

    assertThat(woken).containsExactly("b");
  }

  /// Two are free; b waits for four, and c, which was served more, for one.
  private void aHeavyOneWaitsBeforeALightOne() {
    a.tryAcquire(1);
    c.tryAcquire(1);
    assertThat(b.tryAcquire(4)).isFalse();
    assertThat(c.tryAcquire(1)).isFalse();
  }

  @Test
  void whoWasServedNoMoreThanWhoWaitsTakesWhatIsFree() {
    a.tryAcquire(2);
    assertThat(b.tryAcquire(4)).isFalse();

    assertThat(c.tryAcquire(2)).isTrue();
  }

  @Test
  void whoWaitsNoLongerGivesItsOfferToTheNext() {
    a.tryAcquire(4);
    b.tryAcquire(4);
    c.tryAcquire(3);
    a.release(4);
    assertThat(woken).containsExactly("b");

    b.leave();

    assertThat(woken).containsExactly("b", "c");
    assertThat(c.takeOffer()).isTrue();
    assertThat(limiter.free()).isEqualTo(1);
  }

  @Test
  void whoWaitsNoLongerLetsTheNextPass() {
    aHeavyOneWaitsBeforeALightOne();

    b.leave();
    b.leave();

    assertThat(woken).containsExactly("c");
    assertThat(a.tryAcquire(2)).isFalse(); // c was offered one of the two
  }

  @Test
  void whoComesToTakeAndHasNoOfferLetsTheNextPass() {
    aHeavyOneWaitsBeforeALightOne();

    assertThat(b.takeOffer()).isFalse();

    assertThat(woken).containsExactly("c");
    assertThat(a.tryAcquire(2)).isFalse(); // c was offered one of the two
  }

  @Test
  void whoWasAwayHasSavedNothingUp() {
    b.tryAcquire(1);
    b.release(1);
    aIsServedMuch(4);

    c.tryAcquire(4);
    b.tryAcquire(4);
    a.release(4);

    assertThat(woken).containsExactly("c");
  }

  @Test
  void whoHoldsPermitsKeepsItsPlace() {
    b.tryAcquire(1);
    aIsServedMuch(3);

    c.tryAcquire(3);
    b.tryAcquire(1);
    a.release(3);

    assertThat(woken).containsExactly("b");
  }

  /// Ten times; it holds the last.
  private void aIsServedMuch(long each) {
    for (var i = 0; i < 9; i++) {
      a.tryAcquire(each);
      a.release(each);
    }
    a.tryAcquire(each);
  }

  @Test
  void whoWaitsAndAsksAgainKeepsItsPlace() {
    var d = share("d");
    a.tryAcquire(2);
    b.tryAcquire(4);
    assertThat(b.takeOffer()).isFalse();
    c.tryAcquire(1);
    c.tryAcquire(1);

    d.tryAcquire(4);
    b.tryAcquire(4);
    c.release(2);
    a.release(2);

    assertThat(woken).containsExactly("b");
  }
}
