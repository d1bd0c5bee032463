package io.mooring.gateway.health;

import io.mooring.balancer.topology.Fleet;
import io.mooring.balancer.upstream.AllDown;
import io.mooring.balancer.upstream.BackendState;
import io.mooring.balancer.upstream.Member;
import io.mooring.balancer.upstream.StateChange;
import io.mooring.balancer.upstream.Upstream;
import io.mooring.balancer.upstream.UpstreamSnapshot;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says in a line each what becomes of an upstream's backends, and when the last of them is lost. The upstream tells it
 * of one thing at a time.
 */
public final class StateLog {

    private static final Logger log = LoggerFactory.getLogger(StateLog.class);

    private final Upstream upstream;
    private boolean lost;

    private StateLog(Upstream upstream) {
        this.upstream = upstream;
    }

    /** Follows a fleet's upstreams, as they come, each for as long as it is there. */
    public static void follow(Fleet fleet) {
        Set<Upstream> known = new HashSet<>();
        Runnable update = () -> {
            synchronized (known) {
                known.retainAll(fleet.upstreams());
                fleet.upstreams().stream().filter(known::add).forEach(StateLog::follow);
            }
        };
        fleet.follow(update);
        update.run();
    }

    private static void follow(Upstream upstream) {
        StateLog follower = new StateLog(upstream);
        upstream.follow(follower::changed);
        upstream.observe(follower::observed);
    }

    private void changed(StateChange change) {
        String line = "upstream " + change.upstream() + ": backend " + change.backend() + " is "
                + change.to().key() + ", was " + change.from().key() + ": " + change.reason();
        if (change.to() == BackendState.DOWN) {
            log.warn("{}", line);
        } else {
            log.info("{}", line);
        }
    }

    private void observed(UpstreamSnapshot snapshot) {
        boolean now = isLost(snapshot.members());
        if (now != lost) {
            lost = now;
            if (!now) {
                log.info("upstream {}: there is a backend that can serve again", upstream.name());
            } else if (upstream.policy().allDown() == AllDown.TRY_ALL) {
                log.warn("upstream {}: no backend is ready, and one is down: traffic goes to all", upstream.name());
            } else {
                log.warn("upstream {}: no backend is ready, and one is down: new clients are refused", upstream.name());
            }
        }
    }

    private static boolean isLost(List<Member> members) {
        return members.stream().noneMatch(member -> member.takesNew() && member.state() != BackendState.DOWN)
                && members.stream().anyMatch(member -> member.state() == BackendState.DOWN);
    }
}
