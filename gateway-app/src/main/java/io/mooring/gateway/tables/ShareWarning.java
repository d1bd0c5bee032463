package io.mooring.gateway.tables;

import io.mooring.balancer.session.ScopeId;
import io.mooring.balancer.session.ShareObserver;
import io.mooring.balancer.session.SourceShare;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says in the log which source is too large to be one client. */
public final class ShareWarning implements ShareObserver {

    private static final Logger LOG = LoggerFactory.getLogger(ShareWarning.class);

    @Override
    public void exceeded(ScopeId scope, String source, int open, int all, SourceShare share) {
        String consequence = switch (share.split()) {
            case NONE -> "all of it is one client";
            case PORT -> "what it opens now is told apart by blocks of its ports";
        };
        LOG.warn(
                "{}: {} has about {} of {} connections open, more than {} %: {}",
                scope, source, open, all, share.maxPercent(), consequence);
    }
}
