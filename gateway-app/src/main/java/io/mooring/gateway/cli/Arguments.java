package io.mooring.gateway.cli;

import io.mooring.config.ConfigurationFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The arguments that make Spring Boot read a configuration over the program's defaults. An
 * {@code application.yml} that happens to lie in the working directory does not count then.
 */
public final class Arguments {

    private static final String LOCATION = "--spring.config.location=";

    private Arguments() {}

    /** To read this file. */
    public static List<String> withFile(Path file, List<String> others) {
        return with(ConfigurationFile.location(file), others);
    }

    /** To read the demo's configuration, which is inside the program. */
    public static List<String> withDemo(List<String> others) {
        return with("classpath:/,classpath:/demo.yml", others);
    }

    private static List<String> with(String location, List<String> others) {
        List<String> arguments = new ArrayList<>(others);
        arguments.add(LOCATION + location);
        return arguments;
    }
}
