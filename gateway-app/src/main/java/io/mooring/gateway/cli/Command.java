package io.mooring.gateway.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What the program was asked to do. */
public sealed interface Command {

    /** What {@link Help} prints. */
    String USAGE = """
            mooring: an API gateway that keeps every client with its backend

              mooring run [--config FILE] [--KEY=VALUE ...]   serve; FILE is an application.yml
              mooring demo                                    serve three demo upstreams and their backends
              mooring check FILE                              say what is wrong with FILE: exit 0 or 1
              mooring aot-cache                               prepare a faster start of this program, on Java 25 or newer
              mooring version                                 print the version
              mooring help                                    print this
            """;

    /**
     * Serve.
     *
     * @param config the operator's file; without one, {@code application.yml} of the working
     *     directory if there is one
     * @param arguments Spring Boot's own, such as {@code --server.port=8081}
     */
    record Run(Optional<Path> config, List<String> arguments) implements Command {}

    /** Serve the demo, with these arguments of Spring Boot's. */
    record Demo(List<String> arguments) implements Command {}

    /** Say what is wrong with a file. */
    record Check(Path file) implements Command {}

    /** Serve the demo to clients of its own for some seconds: what {@code bin/mooring aot-cache} has a JVM record. */
    record Rehearse() implements Command {}

    /** Print the version. */
    record Version() implements Command {}

    /** Print how to use the program. */
    record Help() implements Command {}

    /**
     * Reads the command line. Without a command it is {@link Run}.
     *
     * @throws UsageException when it makes no sense
     */
    static Command parse(String... args) {
        if (args.length == 0) {
            return new Run(Optional.empty(), List.of());
        }
        List<String> rest = Arrays.asList(args).subList(1, args.length);
        return switch (args[0]) {
            case "run" -> run(rest);
            case "demo" -> new Demo(options(rest));
            case "check" -> new Check(onlyFile(rest));
            case "rehearse" -> new Rehearse();
            case "version", "--version" -> new Version();
            case "help", "--help", "-h" -> new Help();
            default -> {
                if (!args[0].startsWith("--")) {
                    throw new UsageException("command: " + args[0] + " (expected: run, demo, check, version or help)");
                }
                yield run(Arrays.asList(args));
            }
        };
    }

    private static Run run(List<String> args) {
        int at = args.indexOf("--config");
        if (at < 0) {
            return new Run(Optional.empty(), options(args));
        }
        if (at + 1 == args.size()) {
            throw new UsageException("--config: nothing (expected: a file)");
        }
        List<String> others = new ArrayList<>(args);
        Path config = Path.of(others.remove(at + 1));
        others.remove(at);
        return new Run(Optional.of(config), options(others));
    }

    private static List<String> options(List<String> args) {
        for (String arg : args) {
            if (!arg.startsWith("--")) {
                throw new UsageException("argument: " + arg + " (expected: --KEY=VALUE)");
            }
        }
        return List.copyOf(args);
    }

    private static Path onlyFile(List<String> args) {
        if (args.size() != 1) {
            throw new UsageException("check: " + args.size() + " arguments (expected: one file)");
        }
        return Path.of(args.get(0));
    }
}
