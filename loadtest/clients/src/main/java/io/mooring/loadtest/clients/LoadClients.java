package io.mooring.loadtest.clients;

import io.mooring.loadtest.clients.openloop.OpenLoop;
import io.mooring.loadtest.clients.soak.Soak;
import io.mooring.loadtest.clients.udp.UdpPairs;
import java.util.List;

/**
 * The program: its first argument says which client runs. Each prints what it saw as one JSON object on one line.
 *
 * <p>Exits with 0 if all was well, 1 if there was any fault, 2 on a wrong command line.
 */
public final class LoadClients {

    private static final String USAGE = "soak, open-loop or udp, and its options";

    private LoadClients() {}

    public static void main(String[] arguments) throws InterruptedException {
        int status;
        try {
            status = run(List.of(arguments)) ? 0 : 1;
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            status = 2;
        }
        System.exit(status);
    }

    private static boolean run(List<String> arguments) throws InterruptedException {
        if (arguments.isEmpty()) {
            throw new IllegalArgumentException("client: none (expected: " + USAGE + ")");
        }
        List<String> options = arguments.subList(1, arguments.size());
        return switch (arguments.get(0)) {
            case "soak" -> Soak.run(options);
            case "open-loop" -> OpenLoop.run(options);
            case "udp" -> UdpPairs.run(options);
            default -> throw new IllegalArgumentException("client: " + arguments.get(0) + " (expected: " + USAGE + ")");
        };
    }
}
