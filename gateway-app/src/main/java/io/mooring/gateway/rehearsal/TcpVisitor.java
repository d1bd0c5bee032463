package io.mooring.gateway.rehearsal;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A TCP client that comes on a new connection each time. */
record TcpVisitor(InetSocketAddress listener) implements Client {

    @Override
    public String visit(int number) throws IOException {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.connect(listener, TIMEOUT_MILLIS);
            socket.getOutputStream().write(("visit " + number).getBytes(StandardCharsets.UTF_8));
            socket.shutdownOutput();
            return Client.backendOf(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        }
    }
}
