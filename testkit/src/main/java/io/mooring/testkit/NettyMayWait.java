package io.mooring.testkit;

import reactor.blockhound.BlockHound;
import reactor.blockhound.integration.BlockHoundIntegration;

/**
 * Allows an event loop to wait where Netty's own integration forgets to say that it does: a loop that replaces the
 * allocator's shared arenas by more of them, which happens a few times in a process, waits for another to leave the old
 * ones ({@code MagazineGroup.tryExpandMagazines} in Netty 4.2.18).
 */
public final class NettyMayWait implements BlockHoundIntegration {

    @Override
    public void applyTo(BlockHound.Builder builder) {
        builder.allowBlockingCallsInside("io.netty.buffer.AdaptivePoolingAllocator$Magazine", "free");
    }
}
