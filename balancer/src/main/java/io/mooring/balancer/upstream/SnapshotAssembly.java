package io.mooring.balancer.upstream;

import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;

/**
 * Makes a snapshot of the backends' lives. What depends on the others is decided here: whether a backend serves for
 * want of a better one, and whether a slow start means anything.
 */
final class SnapshotAssembly {

    private final Collection<BackendLife> lives;
    private final AllDown allDown;
    private final long now;

    SnapshotAssembly(Collection<BackendLife> lives, AllDown allDown, long now) {
        this.lives = lives;
        this.allDown = allDown;
        this.now = now;
    }

    UpstreamSnapshot of(String upstream) {
        boolean desperate = none(life -> life.state() == BackendState.READY || life.isTrusted())
                && (allDown == AllDown.TRY_ALL || none(life -> life.isWanted() && life.state() == BackendState.DOWN));
        boolean allStarting = none(life -> life.state() == BackendState.READY && life.share(now) == Member.FULL_SHARE);
        List<Member> members = lives.stream()
                .map(life -> life.member(
                        allStarting ? Member.FULL_SHARE : life.share(now),
                        life.isTrusted() || (desperate && life.isWanted())))
                .toList();
        return new UpstreamSnapshot(upstream, members);
    }

    private boolean none(Predicate<BackendLife> what) {
        return lives.stream().noneMatch(what);
    }
}
