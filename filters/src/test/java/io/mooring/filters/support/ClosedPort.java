package io.mooring.filters.support;

import io.mooring.balancer.upstream.Backend;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** A backend that is not there: its port refuses connections. */
public final class ClosedPort {

    private ClosedPort() {}

    public static Backend backend(String id) {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new Backend(id, "127.0.0.1", socket.getLocalPort(), Backend.DEFAULT_WEIGHT);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
